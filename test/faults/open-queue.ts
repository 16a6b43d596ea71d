import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createBlocks } from '../../src/services/blocks/index.ts'
import type { Queue, Task } from '../../src/services/queue/api.ts'
import { createQueue } from '../../src/services/queue/index.ts'

export const submitter = { kind: 'local', id: 'alice' } as const

export interface OpenQueue extends AsyncDisposable {
  queue: Queue
}

/** A started queue with its file in this directory, on the clock of the machine. */
export async function openQueue(directory: string): Promise<OpenQueue> {
  const blocks = createBlocks()
  await blocks.start()
  const queue = createQueue({
    directory,
    blocks,
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    keepFinishedDays: 7,
    keepFinished: 1_000_000,
    refuseType: () => undefined
  })
  await queue.start()
  const stop = async () => {
    await queue.stop()
    await blocks.stop()
  }
  return { queue, [Symbol.asyncDispose]: stop }
}

/** Every task by its id, over all pages. */
export async function allTasks(queue: Queue): Promise<Map<string, Task>> {
  const tasks = new Map<string, Task>()
  for (let cursor: string | undefined; ; ) {
    const page = await queue.list({ limit: 1000, ...(cursor !== undefined && { cursor }) })
    for (const task of page.tasks) tasks.set(task.taskId, task)
    if (page.nextCursor === undefined) return tasks
    cursor = page.nextCursor
  }
}
