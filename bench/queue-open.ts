/** A queue on its file for the benches, and loads on it. */
import { join } from 'node:path'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { systemRandom } from '../src/core/random.ts'
import { createBlocks } from '../src/services/blocks/index.ts'
import type { Lease, Queue } from '../src/services/queue/api.ts'
import { createBodies } from '../src/services/queue/bodies.ts'
import { createQueueOver } from '../src/services/queue/queue.ts'
import { createSqliteStore } from '../src/services/queue/sqlite.ts'

export const submitter = { kind: 'local', id: 'local:bench' } as const

/** Some 190 bytes, as a small tool call has. */
export const payload = {
  url: 'https://example.org/some/path/to/a/file.csv',
  options: { format: 'csv', delimiter: ';', columns: ['id', 'name', 'value'] },
  note: 'a line of text that says what the task is for and who asked'
}

export interface OpenQueue extends AsyncDisposable {
  queue: Queue
}

export async function openQueue(directory: string, { syncDelayMs = 0 } = {}): Promise<OpenQueue> {
  const blocks = createBlocks()
  await blocks.start()
  const queue = createQueueOver({
    store: createSqliteStore({ path: join(directory, 'queue.db'), syncDelayMs }),
    bodies: createBodies(blocks, systemClock),
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    keepFinishedMs: 3_600_000,
    keepFinished: 10_000_000,
    refuseType: () => undefined
  })
  await queue.start()
  const stop = async () => {
    await queue.stop()
    await blocks.stop()
  }
  return { queue, [Symbol.asyncDispose]: stop }
}

export const submitOne = (queue: Queue) => queue.submit({ type: 'noop', payload, submitter })

/** Submits as `callers` at a time do, until the time or the number is reached. Answers how many. */
export async function submitFor(queue: Queue, callers: number, ms: number, most = Infinity): Promise<number> {
  const endAt = performance.now() + ms
  let count = 0
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (performance.now() < endAt && count < most) {
        count++
        await submitOne(queue)
      }
    })
  )
  return count
}

export const fill = (queue: Queue, count: number) => submitFor(queue, 512, 600_000, count)

/** Finishes claimed tasks; with the last of them it claims as many again. */
export async function finishAndClaim(queue: Queue, workerId: string, leases: readonly Lease[], max: number) {
  const next = { workerId, principal: submitter, max }
  const outcome = { status: 'completed', result: { rows: 3 } } as const
  const answers = await Promise.all(
    leases.map(({ task, leaseToken }, index) =>
      queue.complete({ taskId: task.taskId, leaseToken, outcome, ...(index === leases.length - 1 && { next }) })
    )
  )
  return answers.flatMap(answer => answer.next)
}
