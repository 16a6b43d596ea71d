/** Claim, run nothing, complete: eight workers, everything durable, while submissions go on. And how soon a task is picked up. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lease, Queue } from '../src/services/queue/api.ts'
import { type Bench, rounds } from './bench.ts'
import { plainFigure, quantile, ratioFigure } from './figures.ts'
import { bareCommits } from './queue-bare.ts'
import { fill, finishAndClaim, openQueue, submitFor, submitOne, submitter } from './queue-open.ts'

const ROUNDS = 5
const ROUND_MS = 2000
const PICKUP_MS = 4000
const WORKERS = 8
const DEPTH = 5000
const SUBMITTERS = 32
const FULL_LOAD = 15_000

export const queueCycle: Bench = async ({ scratch, own, say }) => {
  const { queue } = own.use(await openQueue(join(scratch, 'queue')))
  await fill(queue, DEPTH)
  const bare = own.use(bareCommits(join(scratch, 'bare')))
  const rates = { one: [] as number[], four: [] as number[], commits: [] as number[] }
  const sides = {
    one: async () => void rates.one.push(await cycle(queue, 1)),
    four: async () => void rates.four.push(await cycle(queue, 4)),
    commits: async () => void rates.commits.push(bare.rate(ROUND_MS / 4))
  }
  await rounds(1, sides)
  for (const samples of Object.values(rates)) samples.length = 0
  await rounds(ROUNDS, sides)
  await empty(queue)
  const perSync = (samples: readonly number[]) =>
    samples.map((ours, round) => ({ ours, rival: rates.commits[round] ?? Number.NaN }))

  // Half of what it is to reach; where a machine does less, half of that: more would measure a queue that only grows.
  const load = Math.round(Math.min(FULL_LOAD, quantile(rates.four, 0.5)) / 2)
  const pickups = { p50: [] as number[], p99: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    const ms = await pickupTimes(queue, load)
    pickups.p50.push(quantile(ms, 0.5))
    pickups.p99.push(quantile(ms, 0.99))
  }
  say(`pickup measured at ${load} tasks per second`)
  return [
    plainFigure('tasks run, up to 4 claimed at a time', 'per s', rates.four, { atLeast: 15_000 }),
    ratioFigure('the same', 'per s', 'bare commits of one row', perSync(rates.four)),
    plainFigure('tasks run, 1 at a time', 'per s', rates.one, { atLeast: 10_000 }),
    ratioFigure('the same', 'per s', 'bare commits of one row', perSync(rates.one)),
    plainFigure(`pickup at ${load}/s, p50`, 'ms', pickups.p50, { atMost: 2 }),
    plainFigure(`pickup at ${load}/s, p99`, 'ms', pickups.p99, { atMost: 10 })
  ]
}

/** Tasks finished per second; as many are submitted meanwhile. */
async function cycle(queue: Queue, max: number): Promise<number> {
  const startedAt = performance.now()
  const endAt = startedAt + ROUND_MS
  let done = 0
  let submitted = 0
  async function work(workerId: string): Promise<void> {
    let leases: readonly Lease[] = await queue.claim({ workerId, principal: submitter, max })
    while (performance.now() < endAt) {
      if (leases.length === 0) leases = await queue.claim({ workerId, principal: submitter, max }, { waitMs: 100 })
      const count = leases.length
      if (count > 0) leases = await finishAndClaim(queue, workerId, leases, max)
      done += count
    }
    await Promise.all(leases.map(({ task, leaseToken }) => queue.release({ taskId: task.taskId, leaseToken })))
  }
  async function submit(): Promise<void> {
    while (performance.now() < endAt) {
      if (submitted > done) await sleep(1)
      else submitted += await submitFor(queue, SUBMITTERS, ROUND_MS, SUBMITTERS)
    }
  }
  await Promise.all([submit(), ...Array.from({ length: WORKERS }, (_, worker) => work(`w${worker}`))])
  return (done * 1000) / (performance.now() - startedAt)
}

/** From the moment a task was to be submitted until a worker has it, in milliseconds. Open loop. */
async function pickupTimes(queue: Queue, perSecond: number): Promise<number[]> {
  const times: number[] = []
  const dueAt = new Map<string, number>()
  const pickedUp = new Map<string, number>()
  const ending = new AbortController()
  async function work(workerId: string): Promise<void> {
    const claim = { workerId, principal: submitter, max: 4 }
    let leases: readonly Lease[] = []
    while (!ending.signal.aborted) {
      if (leases.length === 0) leases = await queue.claim(claim, { waitMs: 200 })
      const now = performance.now()
      for (const { task } of leases) pickedUp.set(task.taskId, now)
      if (leases.length > 0) leases = await finishAndClaim(queue, workerId, leases, 4)
    }
    const now = performance.now()
    for (const { task } of leases) pickedUp.set(task.taskId, now)
    await finishAndClaim(queue, workerId, leases, 1).then(rest => finishAndClaim(queue, workerId, rest, 1))
  }
  const working = Array.from({ length: WORKERS }, (_, worker) => work(`w${worker}`))
  const startedAt = performance.now()
  const submitting: Promise<unknown>[] = []
  for (let count = 0; performance.now() - startedAt < PICKUP_MS; await sleep(1)) {
    for (; (count * 1000) / perSecond < performance.now() - startedAt; count++) {
      const due = startedAt + (count * 1000) / perSecond
      submitting.push(submitOne(queue).then(({ taskId }) => dueAt.set(taskId, due)))
    }
  }
  await Promise.all(submitting)
  await sleep(300)
  ending.abort()
  await Promise.all(working)
  for (const [taskId, due] of dueAt) {
    const at = pickedUp.get(taskId)
    if (at !== undefined) times.push(at - due)
  }
  return times
}

/** Finishes everything that waits. */
async function empty(queue: Queue): Promise<void> {
  let leases: readonly Lease[] = await queue.claim({ workerId: 'last', principal: submitter, max: 100 })
  while (leases.length > 0) leases = await finishAndClaim(queue, 'last', leases, 100)
}
