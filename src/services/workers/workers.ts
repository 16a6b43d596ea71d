/** The workers of one node: its own, and the runs that it does for others. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Queue } from '../queue/api.ts'
import type { TaskHandler, WorkerSettings, Workers } from './api.ts'
import { createWorker } from './worker.ts'

/** Leases that are remembered to have been used. Older ones have ended by then. */
const LEASES_KEPT = 10_000

export interface WorkersOptions {
  queue: Queue
  handlers: readonly TaskHandler[]
  /** Of the node's own worker; it has none without. */
  own?: WorkerSettings
  clock: Clock
  log: Log
}

export function createWorkers({ queue, handlers, own, clock, log }: WorkersOptions): Workers {
  const worker = own && createWorker({ ...own, source: queue, handlers, clock, log })
  const used = new Set<string>()
  const { start, stop } = createLifecycle(
    async () => await worker?.start(),
    async () => await worker?.stop()
  )

  return {
    start,
    stop,
    async runLeased({ taskId, leaseToken, ...run }) {
      // Refused by the queue unless this is the lease of the task.
      await queue.heartbeat({ taskId, leaseToken })
      if (used.has(leaseToken)) {
        throw new AppError(
          'STALE_LEASE',
          'The task was run under this lease before; its outcome went to who asked first'
        )
      }
      used.add(leaseToken)
      for (const oldest of used) {
        if (used.size <= LEASES_KEPT) break
        used.delete(oldest)
      }
      const task = await queue.get(taskId)
      const handler = handlers.find(({ type }) => type === task.type)
      if (!handler) throw new AppError('UNSUPPORTED', `Tasks of type "${task.type}" do not run here`)
      const payload = task.payloadCid === undefined ? task.payload : await queue.body(task.payloadCid, run.signal)
      // A payload was checked to be an object when it was submitted.
      return await handler.run({
        ...run,
        task,
        leaseToken,
        payload: (payload ?? {}) as NonNullable<typeof task.payload>
      })
    }
  }
}
