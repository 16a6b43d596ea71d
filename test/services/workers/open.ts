/** A queue in memory, workers on it, and handlers that a test ends by hand; on a clock that the test moves. */

import { silentLog } from '../../../src/core/log.ts'
import type { Principal } from '../../../src/core/principal.ts'
import { systemRandom } from '../../../src/core/random.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import type { Queue, Task, WorkSource } from '../../../src/services/queue/api.ts'
import { createQueue } from '../../../src/services/queue/index.ts'
import type { TaskHandler, TaskRun, TaskWorker, WorkerSettings } from '../../../src/services/workers/api.ts'
import { createWorker } from '../../../src/services/workers/index.ts'
import { createManualClock, type ManualClock } from '../../helpers/manual-clock.ts'
import { turns } from '../../suites/queue/open.ts'

export const alice: Principal = { kind: 'local', id: 'local:alice' }
export const worker: Principal = { kind: 'local', id: 'local:worker' }

export interface Bench extends AsyncDisposable {
  queue: Queue
  clock: ManualClock
  /** Starts a worker; it is stopped with the bench. */
  hire(settings?: Partial<WorkerSettings> & { handlers?: TaskHandler[]; source?: WorkSource }): Promise<TaskWorker>
  /** Moves the clock in steps, and lets everything that becomes due happen. */
  pass(ms: number): Promise<void>
}

export async function openBench(): Promise<Bench> {
  const clock = createManualClock()
  const blocks = createBlocks()
  await blocks.start()
  const queue = createQueue({
    blocks,
    clock,
    random: systemRandom,
    log: silentLog,
    keepFinishedDays: 7,
    keepFinished: 100_000,
    refuseType: () => undefined
  })
  await queue.start()
  const workers: TaskWorker[] = []

  async function pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 500) {
      clock.advance(Math.min(500, left))
      await turns()
    }
  }

  return {
    queue,
    clock,
    pass,
    async hire({ handlers = [noop], source = queue, ...settings } = {}) {
      const workerId = `w${workers.length + 1}`
      const hired = createWorker({
        workerId,
        principal: worker,
        concurrency: 4,
        ...settings,
        source,
        handlers,
        clock,
        log: silentLog
      })
      workers.push(hired)
      await hired.start()
      return hired
    },
    async [Symbol.asyncDispose]() {
      const stopping = Promise.all(workers.map(hired => hired.stop()))
      let isStopped = false
      void stopping.finally(() => {
        isStopped = true
      })
      while (!isStopped) await pass(1000)
      await stopping
      await queue.stop()
      await blocks.stop()
    }
  }
}

export const noop: TaskHandler = { type: 'noop', run: async () => ({ done: true }) }

export interface HeldRun {
  run: TaskRun
  end: (result?: unknown) => void
  fail: (error: unknown) => void
}

/** Runs that end when the test says so, or, unless it is deaf, when they are asked to stop. */
export function holding({ isDeaf = false, type = 'noop' } = {}): TaskHandler & { runs: HeldRun[] } {
  const runs: HeldRun[] = []
  return {
    type,
    runs,
    run(run) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      runs.push({ run, end: resolve, fail: reject })
      if (!isDeaf) run.signal.addEventListener('abort', () => reject(run.signal.reason), { once: true })
      return promise
    }
  }
}

export async function until(isThere: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2000; turn++) {
    if (await isThere()) return
    await turns(1)
  }
  throw new Error('It did not come')
}

export const untilStatus = (queue: Queue, taskId: string, status: Task['status']) =>
  until(async () => (await queue.get(taskId)).status === status)
