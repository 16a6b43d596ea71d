/** The queue beside other durable ones: submissions of 64 callers, and tasks from submission to result with eight workers. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lease, Queue } from '../src/services/queue/api.ts'
import { type Bench, rounds } from './bench.ts'
import { type Figure, type Pair, ratioFigure } from './figures.ts'
import { finishAndClaim, openQueue, submitOne, submitter } from './queue-open.ts'
import { Absent } from './rival-programs.ts'
import { type AnyQueue, installRivals, openBullMq, openPgBoss } from './rival-queues.ts'

const ROUNDS = 5
const ROUND_MS = 2000
const CALLERS = 64
const WORKERS = 8
/** Tasks that wait while workers run: enough that they never look for one. */
const DEPTH = 500

export const queueRivals: Bench = async ({ scratch, own, say }) => {
  const ours = asAny(own.use(await openQueue(join(scratch, 'queue'))).queue)
  const rivals = await absentOr(say, 'all rivals', () => installRivals(join(scratch, 'rivals')))
  if (!rivals) return []
  const open = {
    'BullMQ, Redis, appendfsync always': () => openBullMq(rivals, own),
    'pg-boss, PostgreSQL, synchronous_commit on': () => openPgBoss(rivals, own)
  }
  const figures: Figure[] = []
  for (const [name, openRival] of Object.entries(open)) {
    const rival = await absentOr(say, name, openRival)
    if (rival) figures.push(...(await compare(ours, rival, name)))
  }
  return figures
}

async function absentOr<T>(say: (text: string) => void, name: string, open: () => Promise<T>): Promise<T | undefined> {
  try {
    return await open()
  } catch (error) {
    if (!(error instanceof Absent)) throw error
    say(`SKIPPED: ${name}: ${error.message}`)
    return undefined
  }
}

async function compare(ours: AnyQueue, rival: AnyQueue, name: string): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const [what, rate] of Object.entries({
    'durable submits, 64 callers': submits,
    'submitted, run, finished': runs
  })) {
    const pairs: Pair[] = []
    let own = 0
    const sides = {
      ours: async () => {
        own = await rate(ours)
      },
      rival: async () => void pairs.push({ ours: own, rival: await rate(rival) })
    }
    await rounds(1, sides)
    pairs.length = 0
    await rounds(ROUNDS, sides)
    figures.push(ratioFigure(what, 'per s', name, pairs, { atLeast: 1 }))
  }
  return figures
}

async function submits({ submit }: AnyQueue): Promise<number> {
  const startedAt = performance.now()
  let count = 0
  async function call(): Promise<void> {
    for (; performance.now() - startedAt < ROUND_MS; count++) await submit()
  }
  await Promise.all(Array.from({ length: CALLERS }, call))
  return (count * 1000) / (performance.now() - startedAt)
}

async function runs({ submit, work }: AnyQueue): Promise<number> {
  let done = 0
  let submitted = 0
  const startedAt = performance.now()
  async function call(): Promise<void> {
    while (performance.now() - startedAt < ROUND_MS) {
      if (submitted - done > DEPTH) await sleep(1)
      else {
        submitted++
        await submit()
      }
    }
  }
  const stop = await work(WORKERS, () => done++)
  await Promise.all(Array.from({ length: CALLERS }, call))
  const rate = (done * 1000) / (performance.now() - startedAt)
  await stop()
  return rate
}

function asAny(queue: Queue): AnyQueue {
  return {
    submit: () => submitOne(queue),
    async work(count, onDone) {
      let isOver = false
      async function run(workerId: string): Promise<void> {
        let leases: readonly Lease[] = []
        while (!isOver) {
          if (leases.length === 0) leases = await queue.claim({ workerId, principal: submitter }, { waitMs: 100 })
          const finished = leases.length
          leases = await finishAndClaim(queue, workerId, leases, 1)
          for (let task = 0; task < finished; task++) onDone()
        }
        await Promise.all(leases.map(({ task, leaseToken }) => queue.release({ taskId: task.taskId, leaseToken })))
      }
      const running = Array.from({ length: count }, (_, worker) => run(`w${worker}`))
      return async () => {
        isOver = true
        await Promise.all(running)
      }
    }
  }
}
