/** Sends each call to a lane, by what the tool declares and by nothing else. */
import { AppError } from '../core/errors.ts'
import type { Runtime } from '../core/tool.ts'
import { createBoundedLane, type LaneBudget } from './lanes/bounded.ts'
import type { Lane } from './lanes/lane.ts'
import type { ThreadPool } from './lanes/threads.ts'

export interface Router {
  laneFor(runtime: Runtime): Lane
  readonly lanes: readonly Lane[]
}

export interface RouterOptions {
  general: LaneBudget
  p2p: LaneBudget
  /** Without it, tools that compute in threads cannot run. */
  worker?: LaneBudget & { threads: Pick<ThreadPool, 'execute'> }
}

export function createRouter(options: RouterOptions): Router {
  const general = createBoundedLane('general', options.general)
  const p2p = createBoundedLane('p2p', options.p2p)
  const worker = options.worker && createBoundedLane('worker', options.worker, options.worker.threads.execute)
  return {
    lanes: worker ? [general, p2p, worker] : [general, p2p],
    laneFor(runtime) {
      if (runtime === 'general') return general
      if (runtime === 'p2p') return p2p
      if (worker) return worker
      throw new AppError('SERVICE_UNAVAILABLE', 'This node has no worker lane, so tools that need one cannot run')
    }
  }
}
