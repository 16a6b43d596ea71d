/**
 * Requests to one peer over one kept stream: many at once, told apart by id. An aborted request is cancelled on the other side;
 * when the stream breaks, every request in flight ends with OUTCOME_UNKNOWN, since nobody can say how far it came.
 */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { FrameError } from '../../protocol/wire/frame.ts'
import type { RequestOptions } from './api.ts'

export interface Channel {
  readonly inFlight: number
  /** OUTCOME_UNKNOWN after the time that the channel was made with. */
  request(method: string, params: object, options: RequestOptions): Promise<unknown>
  /** Takes the body of a message from the peer. */
  receive(body: Uint8Array): void
  /** Nothing more comes. */
  break(error: Error | undefined): void
}

interface Pending {
  settle: (message: Record<string, unknown>) => void
  fail: (error: AppError) => void
  onNotification: RequestOptions['onNotification']
}

/** A JSON-RPC error of the peer's, before somebody makes sense of it. */
export class RemoteFault extends Error {
  override name = 'RemoteFault'
  readonly code: number
  readonly data: unknown
  constructor(code: number, message: string, data: unknown) {
    super(message)
    this.code = code
    this.data = data
  }
}

export interface ChannelOptions {
  /** False when the stream is closed. */
  send: (text: string) => boolean
  peerId: string
  timeoutMs: number
  clock: Pick<Clock, 'after'>
}

export function createChannel({ send, peerId, timeoutMs, clock }: ChannelOptions): Channel {
  const pending = new Map<number, Pending>()
  let lastId = 0

  const late = () =>
    new AppError(
      'OUTCOME_UNKNOWN',
      `${peerId} did not answer within ${timeoutMs} ms and was told to stop; whether the request was carried out is not known`
    )

  function notify(method: string, params: object): void {
    send(JSON.stringify({ jsonrpc: '2.0', method, params }))
  }

  return {
    get inFlight() {
      return pending.size
    },

    request(method, params, { signal, onNotification }) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const id = ++lastId
        const cancelLimit = clock.after(timeoutMs, () => give(late(), 'The call took too long'))
        const leave = () => {
          pending.delete(id)
          signal?.removeEventListener('abort', onAbort)
          cancelLimit()
        }
        const give = (reason: unknown, why: string) => {
          leave()
          notify('notifications/cancelled', { requestId: id, reason: why })
          reject(reason)
        }
        const onAbort = () => give(signal?.reason, 'The caller ended the call')
        pending.set(id, {
          settle(message) {
            leave()
            const { error } = message
            if (isRecord(error)) reject(faultOf(error))
            else resolve(message.result)
          },
          fail(error) {
            leave()
            reject(error)
          },
          onNotification
        })
        signal?.addEventListener('abort', onAbort, { once: true })
        const meta = isRecord((params as Record<string, unknown>)._meta)
          ? (params as Record<string, unknown>)._meta
          : {}
        const wired = { ...params, _meta: { ...(meta as object), ...(onNotification && { progressToken: id }) } }
        try {
          if (send(JSON.stringify({ jsonrpc: '2.0', id, method, params: wired }))) return
          leave()
          reject(new AppError('PEER_UNREACHABLE', `The stream to ${peerId} was closed before the request was sent`))
        } catch (error) {
          leave()
          reject(error instanceof FrameError ? new AppError('TOO_LARGE', error.message) : error)
        }
      })
    },

    receive(body) {
      const message = parse(body)
      if (!message) return
      if (typeof message.id === 'number' && !('method' in message)) pending.get(message.id)?.settle(message)
      else if (typeof message.method === 'string' && isRecord(message.params)) {
        const token = message.params.progressToken
        if (typeof token === 'number') pending.get(token)?.onNotification?.(message.method, message.params)
      }
    },

    break(error) {
      for (const { fail } of [...pending.values()]) {
        fail(
          new AppError(
            'OUTCOME_UNKNOWN',
            `The stream to ${peerId} broke; whether the request was carried out is not known`,
            {
              cause: error
            }
          )
        )
      }
    }
  }
}

function parse(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function faultOf({ code, message, data }: Record<string, unknown>): RemoteFault {
  const words = typeof message === 'string' ? message : 'The peer failed without a word'
  return new RemoteFault(typeof code === 'number' ? code : 0, words, data)
}
