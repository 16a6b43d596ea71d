/**
 * Workers of another node: eight claim over the wire, do nothing and complete, everything durable, beside as many bare echoes at
 * once; and how soon a task that is submitted on the node with the queue is with a worker of the other.
 */
import { type Bench, rounds } from './bench.ts'
import { type Pair, plainFigure, quantile, ratioFigure } from './figures.ts'
import { openPair, type PeerPair } from './peers-pair.ts'
import { machineMs, TASK_TYPE } from './peers-submit.ts'

const ROUNDS = 5
const ROUND_MS = 2000
const PICKUP_MS = 4000
const WORKERS = 8
const FULL_LOAD = 5000
const WAIT_S = 0.2
/** More than a round can finish. */
const DEPTH = 40_000

interface Lease {
  task_id: string
  lease_token: string
  payload: { due_ms: number }
}

export const peersWork: Bench = async context => {
  const pair = await openPair(context, { echoes: WORKERS * 4 })
  const rates = { one: [] as Pair[], four: [] as Pair[] }
  let left = 0
  async function measure(max: 1 | 4): Promise<Pair> {
    if (left < DEPTH) await pair.server.ask(`fill ${DEPTH - left}`)
    left = Math.max(left, DEPTH)
    const rival = await echoRate(pair, WORKERS * max)
    const done = await work(pair, max, ROUND_MS)
    left -= done
    return { ours: (done * 1000) / ROUND_MS, rival }
  }
  const sides = {
    one: async () => void rates.one.push(await measure(1)),
    four: async () => void rates.four.push(await measure(4))
  }
  await rounds(1, sides)
  for (const samples of Object.values(rates)) samples.length = 0
  await rounds(ROUNDS, sides)
  while ((await work(pair, 4, ROUND_MS)) > 0);

  const ours = (pairs: readonly Pair[]) => pairs.map(one => one.ours)
  // Half of what it is to reach; where a machine does less, half of that: more would measure a queue that only grows.
  const load = Math.round(Math.min(FULL_LOAD, quantile(ours(rates.one), 0.5)) / 2)
  const pickups = { p50: [] as number[], p99: [] as number[] }
  for (let round = 0; round < ROUNDS; round++) {
    const ms = await pickupTimes(pair, load)
    pickups.p50.push(quantile(ms, 0.5))
    pickups.p99.push(quantile(ms, 0.99))
  }
  return [
    plainFigure('remote tasks run, 1 at a time', 'per s', ours(rates.one), { atLeast: 5000 }),
    ratioFigure('the same', 'per s', `bare echoes, ${WORKERS} at once`, rates.one),
    plainFigure('remote tasks run, 4 at a time', 'per s', ours(rates.four), { atLeast: 15_000 }),
    ratioFigure('the same', 'per s', `bare echoes, ${WORKERS * 4} at once`, rates.four),
    plainFigure(`remote pickup at ${load}/s, p50`, 'ms', pickups.p50, { atMost: 2 }),
    plainFigure(`remote pickup at ${load}/s, p99`, 'ms', pickups.p99, { atMost: 15 })
  ]
}

async function echoRate({ echo }: PeerPair, lanes: number): Promise<number> {
  const endAt = performance.now() + ROUND_MS / 4
  let count = 0
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (; performance.now() < endAt; count++) await echo()
    })
  )
  return (count * 1000) / (ROUND_MS / 4)
}

/** How many tasks eight workers finish in the time. */
async function work({ callThere }: PeerPair, max: number, ms: number): Promise<number> {
  const endAt = performance.now() + ms
  let done = 0
  async function one(workerId: string): Promise<void> {
    let leases = await claim(callThere, workerId, max)
    while (leases.length > 0) {
      const isLast = performance.now() >= endAt
      done += leases.length
      leases = await finishAndClaim(callThere, workerId, leases, isLast ? 0 : max)
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => one(`remote-${worker}`)))
  return done
}

/** From the moment a task was due to be submitted there until a worker here has it, in milliseconds. Open loop. */
async function pickupTimes({ callThere, server }: PeerPair, perSecond: number): Promise<number[]> {
  const times: number[] = []
  let isOver = false
  function note(leases: readonly Lease[]): readonly Lease[] {
    const now = machineMs()
    for (const { payload } of leases) times.push(now - payload.due_ms)
    return leases
  }
  async function one(workerId: string): Promise<void> {
    let leases: readonly Lease[] = []
    while (!isOver || leases.length > 0) {
      if (leases.length === 0) leases = note(await claim(callThere, workerId, 1, WAIT_S))
      else leases = note(await finishAndClaim(callThere, workerId, leases, 1))
    }
  }
  const working = Array.from({ length: WORKERS }, (_, worker) => one(`remote-${worker}`))
  await server.ask(`submit ${perSecond} ${PICKUP_MS}`)
  isOver = true
  await Promise.all(working)
  return times
}

async function claim(callThere: PeerPair['callThere'], workerId: string, max: number, wait_s = 0) {
  return leasesOf(
    await callThere('task_claim', { worker_id: workerId, max_tasks: max, task_types: [TASK_TYPE], wait_s })
  )
}

/** Completes them at once; with the last it claims as many again. */
async function finishAndClaim(
  callThere: PeerPair['callThere'],
  workerId: string,
  leases: readonly Lease[],
  max: number
): Promise<readonly Lease[]> {
  const claim_next = { worker_id: workerId, max_tasks: max, task_types: [TASK_TYPE] }
  const answers = await Promise.all(
    leases.map(({ task_id, lease_token }, index) =>
      callThere('task_complete', {
        task_id,
        lease_token,
        result: { rows: 3 },
        ...(max > 0 && index === leases.length - 1 && { claim_next })
      })
    )
  )
  return answers.flatMap(leasesOf)
}

/** The tool's own schema says that they are so. */
const leasesOf = ({ tasks }: Record<string, unknown>) => tasks as readonly Lease[]
