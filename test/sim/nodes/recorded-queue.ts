/** The queue as its tools use it, where every call of it is seen: when it came, and when the queue had the answer. */
import { toAppError } from '../../../src/core/errors.ts'
import type { Queue } from '../../../src/services/queue/api.ts'
import type { History } from '../history.ts'
import type { Method } from '../world/calls.ts'
import type { World } from '../world/world.ts'

const METHODS: readonly Method[] = [
  'submit',
  'get',
  'wait',
  'list',
  'cancel',
  'reprioritize',
  'retry',
  'remove',
  'pause',
  'resume',
  'clear',
  'stats',
  'worker',
  'workers',
  'registerWorker',
  'unregisterWorker',
  'claim',
  'heartbeat',
  'complete',
  'release'
]

export interface Watched {
  queue: Queue
  /** Calls that were not answered. */
  open(): readonly string[]
}

export function recordedQueue(world: World, history: History, name: string, queue: Queue): Watched {
  const open = new Map<number, string>()

  function recorded(method: Method): (...args: unknown[]) => Promise<unknown> {
    // What `Queue` says of each pairs method and arguments.
    const run = queue[method].bind(queue) as (...args: unknown[]) => Promise<unknown>
    return async (...args) => {
      const call = history.asked(name, method, [args[0], withoutSignal(args[1])])
      open.set(call.id, method)
      try {
        const value = await run(...args)
        call.value = value
        call.isAnswered = true
        return value
      } catch (error) {
        call.error = toAppError(error).code
        const { signal } = (args[1] ?? {}) as { signal?: AbortSignal }
        // Who left may have said anything.
        if (call.error === 'INTERNAL' && !signal?.aborted)
          history.fault(`${method} threw ${String((error as Error)?.stack ?? error)}`)
        throw error
      } finally {
        open.delete(call.id)
        call.servedAt = world.now()
        call.heardAt = world.now()
      }
    }
  }

  const watched = Object.fromEntries(METHODS.map(method => [method, recorded(method)]))
  return { queue: { ...queue, ...watched }, open: () => [...open.values()] }
}

function withoutSignal(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options
  const { signal: _signal, ...rest } = options as { signal?: unknown }
  return rest
}
