/** What each operation of the queue takes while 0, 1,000 and 100,000 tasks wait, and others while 100,000 are being cleared. */
import { join } from 'node:path'
import type { Queue } from '../src/services/queue/api.ts'
import type { Bench } from './bench.ts'
import { type Figure, plainFigure, quantile } from './figures.ts'
import { bareCommits } from './queue-bare.ts'
import { fill, openQueue, submitOne, submitter } from './queue-open.ts'

const CALLS = 500
const CLEARS = 3
const AFTER_CLEAR_MS = 3000
const DEPTHS = [0, 1000, 100_000]
const MOST_MS = 5

export const queueOperations: Bench = async ({ scratch, own, say }) => {
  const bare = own.use(bareCommits(join(scratch, 'bare')))
  const figures: Figure[] = [plainFigure('a bare commit of one row, p99', 'ms', [quantile(bare.times(CALLS), 0.99)])]
  for (const depth of DEPTHS) {
    const { queue } = own.use(await openQueue(join(scratch, String(depth))))
    await fill(queue, depth)
    const target = depth === DEPTHS.at(-1) ? { atMost: MOST_MS } : undefined
    const all: number[] = []
    for (const [name, times] of await everyOperation(queue)) {
      all.push(quantile(times, 0.99))
      figures.push(plainFigure(`${name} with ${depth} waiting, p99`, 'ms', [quantile(times, 0.99)], target))
    }
    say(`${depth} waiting: the worst p99 is ${Math.max(...all).toFixed(2)} ms`)
    if (depth > 0) figures.push(...(await clearing(queue, depth, target)))
  }
  return figures
}

async function everyOperation(queue: Queue): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>()
  async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const value = await work()
    times.set(name, [...(times.get(name) ?? []), performance.now() - startedAt])
    return value
  }
  const outcome = { status: 'completed', result: { rows: 3 } } as const
  for (let call = 0; call < CALLS; call++) {
    const { taskId } = await timed('submit', () => submitOne(queue))
    await timed('get', () => queue.get(taskId))
    await timed('position', () => queue.position(taskId))
    await timed('list, first page', () => queue.list({ limit: 100 }))
    await timed('list, queued, newest', () => queue.list({ status: 'queued', order: 'newest', limit: 100 }))
    await timed('reprioritize', () => queue.reprioritize(taskId, 6))
    await timed('stats', () => queue.stats())
    await timed('pause', () => queue.pause())
    await timed('resume', () => queue.resume())
    const claimOne = () => queue.claim({ workerId: 'w1', principal: submitter })
    const [lease] = await timed('claim', claimOne)
    if (!lease) throw new Error('There was nothing to claim')
    const held = { taskId: lease.task.taskId, leaseToken: lease.leaseToken }
    await timed('heartbeat', () => queue.heartbeat({ ...held, progress: { fraction: 0.5 } }))
    await timed('complete', () => queue.complete({ ...held, outcome }))
    await timed('wait for a final task', () => queue.wait(held.taskId, { waitMs: 1000 }))
    const other = await submitOne(queue)
    await timed('cancel', () => queue.cancel(other.taskId))
    const again = await timed('retry', () => queue.retry(other.taskId, { submitter }))
    await queue.cancel(again.taskId)
  }
  return times
}

/** How long clearing takes to answer, and the calls of others until it has reached every row. */
async function clearing(queue: Queue, depth: number, target?: { atMost: number }): Promise<Figure[]> {
  const answers: number[] = []
  const others: number[] = []
  for (let round = 0; round < CLEARS; round++) {
    const { queued } = await queue.stats()
    await fill(queue, depth - queued)
    const startedAt = performance.now()
    await queue.clear()
    answers.push(performance.now() - startedAt)
    for (const endAt = performance.now() + AFTER_CLEAR_MS; performance.now() < endAt; ) {
      const calledAt = performance.now()
      const { taskId } = await submitOne(queue)
      others.push(performance.now() - calledAt)
      await queue.cancel(taskId)
    }
  }
  return [
    plainFigure(`clear with ${depth} waiting`, 'ms', answers, target),
    plainFigure(`submit while ${depth} are cleared, p99`, 'ms', [quantile(others, 0.99)], target)
  ]
}
