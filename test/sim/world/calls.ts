/** Calls of the queue over the network: an answer, an error by its code, or silence. */
import { AppError } from '../../../src/core/errors.ts'
import type { Queue } from '../../../src/services/queue/api.ts'
import type { Call, History } from '../history.ts'
import type { Host } from './host.ts'
import type { Network } from './network.ts'
import type { World } from './world.ts'

export type Served = Omit<Queue, 'start' | 'stop' | 'onChange' | 'cancellations'>
export type Method = keyof Served

export interface Request {
  id: number
  from: string
  method: Method
  args: unknown[]
}

/** The caller has left. */
export interface Farewell {
  leave: number
}

export interface Reply {
  id: number
  /** When the queue's process had it. */
  at: number
  value?: unknown
  error?: { code: string; message: string }
}

const PATIENCE_MS = 5000

/** The caller heard nothing. */
export class Silence extends Error {}

export interface Caller {
  /** Throws what the queue threw, `Silence` after a time, or the signal's reason. `waitMs` is how long the queue itself may take. */
  call<M extends Method>(
    method: M,
    args: Parameters<Served[M]>,
    options?: { waitMs?: number; signal?: AbortSignal }
  ): Promise<Awaited<ReturnType<Served[M]>>>
}

export function createCaller(world: World, network: Network, host: Host, history: History): Caller {
  const pending = new Map<number, (reply: Reply) => void>()
  network.listen(host.name, host, message => {
    // Only the queue's process writes to this address.
    const reply = message as Reply
    pending.get(reply.id)?.(reply)
    pending.delete(reply.id)
  })

  return {
    call<M extends Method>(
      method: M,
      args: Parameters<Served[M]>,
      { waitMs = 0, signal }: { waitMs?: number; signal?: AbortSignal } = {}
    ) {
      return new Promise<Awaited<ReturnType<Served[M]>>>((resolve, reject) => {
        const record: Call = history.asked(host.name, method, args)
        const { id } = record
        const callOff = host.clock.after(waitMs + PATIENCE_MS, () => {
          pending.delete(id)
          signal?.removeEventListener('abort', leave)
          reject(new Silence())
        })
        const leave = () => {
          pending.delete(id)
          callOff()
          network.send(host, 'queue', { leave: id } satisfies Farewell)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', leave, { once: true })
        pending.set(id, ({ at, value, error }) => {
          callOff()
          signal?.removeEventListener('abort', leave)
          record.heardAt = world.now()
          record.servedAt = at
          if (error) {
            record.error = error.code
            // The code came from an AppError on the other side.
            reject(new AppError(error.code as AppError['code'], error.message))
          } else {
            record.value = value
            record.isAnswered = true
            resolve(value as Awaited<ReturnType<Served[M]>>)
          }
        })
        network.send(host, 'queue', { id, from: host.name, method, args } satisfies Request)
      })
    }
  }
}
