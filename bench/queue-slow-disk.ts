/** Timers of the main loop while 64 callers submit: with 20 ms added to every sync, beside the disk as it is. */
import { join } from 'node:path'
import { type Bench, rounds } from './bench.ts'
import { type Pair, quantile, ratioFigure } from './figures.ts'
import { openQueue, submitFor } from './queue-open.ts'

const ROUNDS = 5
const ROUND_MS = 2000
const TIMER_MS = 2
const SLOW_MS = 20

export const queueSlowDisk: Bench = async ({ scratch, own }) => {
  const fast = own.use(await openQueue(join(scratch, 'fast')))
  const slow = own.use(await openQueue(join(scratch, 'slow'), { syncDelayMs: SLOW_MS }))
  const pairs: Pair[] = []
  let ours = 0
  const sides = {
    slow: async () => {
      ours = await p99Lateness(() => submitFor(slow.queue, 64, ROUND_MS))
    },
    fast: async () => {
      pairs.push({ ours, rival: await p99Lateness(() => submitFor(fast.queue, 64, ROUND_MS)) })
    }
  }
  await rounds(1, sides)
  pairs.length = 0
  await rounds(ROUNDS, sides)
  return [ratioFigure(`p99 lateness of timers, ${SLOW_MS} ms per sync`, 'ms', 'no delay', pairs, { atMost: 3 })]
}

async function p99Lateness(work: () => Promise<unknown>): Promise<number> {
  const late: number[] = []
  let isOver = false
  function arm(): void {
    const dueAt = performance.now() + TIMER_MS
    setTimeout(() => {
      late.push(performance.now() - dueAt)
      if (!isOver) arm()
    }, TIMER_MS)
  }
  arm()
  await work()
  isOver = true
  return quantile(late, 0.99)
}
