/**
 * Requests to one peer over one kept stream: many at once, told apart by id. An aborted request is cancelled on the other side;
 * when the stream breaks, every request in flight ends with OUTCOME_UNKNOWN, since nobody can say how far it came.
 */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { FrameError } from '../../protocol/wire/frame.ts'
import type { RequestOptions } from './api.ts'

/** A peer that says that it takes less is not believed. */
const LEAST_FRAME_BYTES = 1024

export interface Channel {
  readonly inFlight: number
  /** OUTCOME_UNKNOWN after its time, or that which the channel was made with. */
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
  length: number
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
  /** What the peer takes, as far as it has said: kept by whoever makes the next channel to it. */
  limit: { frameBytes: number }
  clock: Pick<Clock, 'after'>
}

export function createChannel({ send, peerId, timeoutMs: usualMs, limit, clock }: ChannelOptions): Channel {
  const pending = new Map<number, Pending>()
  let lastId = 0

  const late = (timeoutMs: number) =>
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

    request(method, params, { signal, onNotification, timeoutMs = usualMs }) {
      return new Promise((resolve, reject) => {
        signal?.throwIfAborted()
        const id = ++lastId
        const cancelLimit = clock.after(timeoutMs, () => give(late(timeoutMs), 'The call took too long'))
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
        const text = JSON.stringify({ jsonrpc: '2.0', id, method, params: withToken(params, onNotification && id) })
        const length = Buffer.byteLength(text)
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
          onNotification,
          length
        })
        signal?.addEventListener('abort', onAbort, { once: true })
        try {
          if (length > limit.frameBytes) throw tooLarge(length, limit.frameBytes)
          if (send(text)) return
          throw new AppError('PEER_UNREACHABLE', `The stream to ${peerId} was closed before the request was sent`)
        } catch (error) {
          leave()
          reject(error instanceof FrameError ? tooLarge(error.frameBytes, error.maxFrameBytes) : error)
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
      } else if (message.id === null && isRecord(message.error)) learn(message.error)
    },

    break(error) {
      for (const { fail, length } of [...pending.values()]) {
        // It was refused by its length, so nothing of it was carried out.
        fail(length > limit.frameBytes ? tooLarge(length, limit.frameBytes) : outcomeUnknown(peerId, error))
      }
    }
  }

  /** What the peer says before it closes a stream. */
  function learn({ message, data }: Record<string, unknown>): void {
    if (message !== 'frame_too_large' || !isRecord(data) || typeof data.maxFrameBytes !== 'number') return
    limit.frameBytes = Math.max(LEAST_FRAME_BYTES, Math.min(limit.frameBytes, data.maxFrameBytes))
  }
}

/** Progress is asked for only where somebody listens. */
function withToken(params: object, token: number | undefined): object {
  if (token === undefined) return params
  const { _meta = {} } = params as { _meta?: object }
  return { ...params, _meta: { ..._meta, progressToken: token } }
}

function tooLarge(size: number, limit: number): AppError {
  return new AppError(
    'TOO_LARGE',
    `The request has ${size} bytes, and one to this peer at most ${limit} (p2p.max_frame_bytes there and here); store what is large with ipfs_add and pass its CID`,
    { details: { size_bytes: size, limit_bytes: limit } }
  )
}

function outcomeUnknown(peerId: string, cause: Error | undefined): AppError {
  return new AppError(
    'OUTCOME_UNKNOWN',
    `The stream to ${peerId} broke; whether the request was carried out is not known`,
    { cause }
  )
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
