/**
 * A process with a queue under load, to be killed by `queue-crash.test.ts`. Its ledger is a file that outlives it: a line for each
 * step, written at once, as soon as the queue has acknowledged it, or before the queue is asked where it says so.
 */
import { openSync, writeSync } from 'node:fs'
import { openQueue, submitter } from './open-queue.ts'

const MAX_SUBMITS = 5000
const LIMIT_MS = 20_000

const [directory = '', ledgerPath = '', round = ''] = process.argv.slice(2)
const ledger = openSync(ledgerPath, 'a')
const note = (...words: string[]) => writeSync(ledger, `${words.join(' ')}\n`)
const endAt = performance.now() + LIMIT_MS

const { queue } = await openQueue(directory)
note('open', round)

async function submitAll(caller: number): Promise<void> {
  for (let count = 0; count < MAX_SUBMITS / 8 && performance.now() < endAt; count++) {
    const taskId = `${round}/${caller}/${count}`
    await queue.submit({
      taskId,
      type: 'noop',
      payload: { of: taskId },
      submitter,
      retry: { maxAttempts: 1000, baseMs: 0 }
    })
    note('submitted', taskId)
  }
}

async function work(workerId: string): Promise<void> {
  while (performance.now() < endAt) {
    const claim = { workerId, principal: submitter, leaseMs: 1000, max: 3 }
    for (const { task, leaseToken } of await queue.claim(claim, { waitMs: 1000 })) {
      note('claimed', task.taskId, leaseToken)
      note('completing', task.taskId, leaseToken)
      try {
        await queue.complete({
          taskId: task.taskId,
          leaseToken,
          outcome: { status: 'completed', result: { by: leaseToken } }
        })
        note('completed', task.taskId, leaseToken)
      } catch (error) {
        // A lease of one second may end on a busy machine; then another claim has the task.
        if (Object(error).code !== 'STALE_LEASE') throw error
      }
    }
  }
}

await Promise.all([
  ...Array.from({ length: 8 }, (_, caller) => submitAll(caller)),
  ...Array.from({ length: 4 }, (_, worker) => work(`w${worker}`))
])
