/** A worker over any source of work: claims what it has places for, runs it, and tells how it ended. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { WorkSource } from '../queue/api.ts'
import type { TaskHandler, TaskWorker, WorkerSettings } from './api.ts'
import { beginShift, type Shift } from './shift.ts'

export interface WorkerOptions extends WorkerSettings {
  source: WorkSource
  handlers: readonly TaskHandler[]
  clock: Clock
  log: Log
}

export function createWorker(options: WorkerOptions): TaskWorker {
  const { workerId, principal, source, handlers, capabilities = [], concurrency, resourceLimits, metadata } = options
  // A claim without types is a claim to all of them.
  if (handlers.length === 0) throw new AppError('CONFIG_INVALID', 'A worker needs at least one type of task to run')
  let shift: Shift | undefined

  const lifecycle = createLifecycle(
    async () => {
      await source.registerWorker({
        workerId,
        principal,
        capabilities: [...handlers.map(({ type }) => type), ...capabilities],
        maxConcurrent: concurrency,
        ...(resourceLimits && { resourceLimits }),
        ...(metadata && { metadata })
      })
      shift = beginShift(options)
    },
    async () => {
      await shift?.end()
    }
  )
  return {
    ...lifecycle,
    workerId,
    running: () => shift?.running() ?? [],
    ended: async () => await shift?.ended
  }
}
