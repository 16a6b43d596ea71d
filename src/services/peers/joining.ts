/** The exchange behind an invitation: the secret one way, yes or no the other, on a stream of its own. */
import type { Stream } from '@libp2p/interface'
import { AppError } from '../../core/errors.ts'
import { messagesOf } from './frames.ts'

export const JOIN_PROTOCOL = '/ipfs-datasets-mcp/join/1.0.0'
const MAX_MESSAGE_BYTES = 4096

interface JoinAnswer {
  ok: boolean
  error?: string
}

/** The inviting side: reads one secret and answers whether it works. */
export function answerJoin(stream: Stream, use: (secret: string) => Promise<void>): void {
  let isAnswered = false
  const messages = messagesOf(stream, {
    maxFrameBytes: MAX_MESSAGE_BYTES,
    onMessage(body) {
      if (isAnswered) return
      isAnswered = true
      void use(secretOf(body))
        .then(
          (): JoinAnswer => ({ ok: true }),
          (error: unknown): JoinAnswer => ({
            ok: false,
            error: error instanceof AppError ? error.message : 'It failed'
          })
        )
        .then(answer => {
          messages.send(JSON.stringify(answer))
          messages.close()
        })
    },
    onClose: () => {},
    onBytes: () => {}
  })
}

/** The joining side. INVITATION_INVALID with what the other side says. */
export function askToJoin(stream: Stream, secret: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const messages = messagesOf(stream, {
      maxFrameBytes: MAX_MESSAGE_BYTES,
      onMessage(body) {
        const answer = parse(body)
        messages.close()
        if (answer.ok === true) resolve()
        else reject(refusal(answer.error))
      },
      onClose: error =>
        reject(
          new AppError('INVITATION_INVALID', 'The other side closed the connection without an answer', { cause: error })
        ),
      onBytes: () => {}
    })
    messages.send(JSON.stringify({ secret }))
  })
}

function refusal(words: unknown): AppError {
  const message =
    typeof words === 'string' ? words.slice(0, MAX_MESSAGE_BYTES) : 'The other side refused the invitation'
  return new AppError('INVITATION_INVALID', message)
}

function secretOf(body: Uint8Array): string {
  const { secret } = parse(body)
  return typeof secret === 'string' ? secret : ''
}

function parse(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
