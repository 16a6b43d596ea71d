/** Sends each call to a lane, by what the tool declares and by nothing else. */
import { AppError } from '../core/errors.ts'
import type { Runtime } from '../core/tool.ts'
import { createBoundedLane, type LaneBudget } from './lanes/bounded.ts'
import type { ChildPool } from './lanes/child-pool.ts'
import type { Lane } from './lanes/lane.ts'

export interface Router {
  /** `waits` for calls that mostly wait for something to happen. */
  laneFor(runtime: Runtime, waits?: boolean): Lane
  readonly lanes: readonly Lane[]
}

export interface RouterOptions {
  general: LaneBudget
  p2p: LaneBudget
  /** Without it, tools that compute cannot run. */
  worker?: LaneBudget & { children: Pick<ChildPool, 'execute'> }
}

export function createRouter(options: RouterOptions): Router {
  const general = createBoundedLane('general', options.general)
  const p2p = createBoundedLane('p2p', options.p2p)
  const worker = options.worker && createBoundedLane('worker', options.worker, options.worker.children.execute)
  // Whoever waits for a task must not take the places of those that submit and finish it.
  const { concurrency, queue } = options.p2p
  const waiting = createBoundedLane('p2p-waiting', { concurrency: concurrency + queue, queue: 0 })
  return {
    lanes: [general, p2p, waiting, ...(worker ? [worker] : [])],
    laneFor(runtime, waits = false) {
      if (runtime === 'general') return general
      if (runtime === 'p2p') return waits ? waiting : p2p
      if (worker) return worker
      throw new AppError('SERVICE_UNAVAILABLE', 'This node has no worker lane, so tools that need one cannot run')
    }
  }
}
