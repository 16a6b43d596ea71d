/** The call of `p2p_status` while no place of the general and worker lanes of both nodes is free, beside the same at rest. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, rounds } from './bench.ts'
import { startChild } from './child.ts'
import { median, type Pair, quantile, ratioFigure } from './figures.ts'
import { openPair, timesOf } from './peers-pair.ts'
import { saturate } from './peers-saturate.ts'

const ROUNDS = 5
const CLOSED_CALLS = 1500
const OPEN_CALLS = 400
const PACE_MS = 5
const WARM_UP_CALLS = 3000
/** Until every lane is full, and until none is. */
const SETTLE_MS = 500
/** The open loop may take so long whatever it takes at rest. */
const OPEN_FLOOR_MS = 5

export const peersSaturated: Bench = async context => {
  const { own, say } = context
  const { caller, callThere, server } = await openPair(context)
  const { port } = own.use(await startChild('peers-slow-server.ts'))
  const url = `http://127.0.0.1:${port}`
  const call = () => callThere('p2p_status')
  const closed = async () => quantile(await timesOf(CLOSED_CALLS, call), 0.99)
  const open = async () => quantile(await pacedTimes(OPEN_CALLS, call), 0.99)
  await timesOf(WARM_UP_CALLS, call)

  const pairs = { closed: [] as Pair[], open: [] as Pair[] }
  let rest = { closed: 0, open: 0 }
  await rounds(ROUNDS, {
    rest: async () => {
      rest = { closed: await closed(), open: await open() }
    },
    saturated: async () => {
      await server.ask(`saturate ${url}`)
      const calm = saturate(caller, url)
      await sleep(SETTLE_MS)
      pairs.closed.push({ ours: await closed(), rival: rest.closed })
      pairs.open.push({ ours: await open(), rival: Math.max(3 * rest.open, OPEN_FLOOR_MS) })
      await Promise.all([calm(), server.ask('calm')])
      await sleep(SETTLE_MS)
    }
  })
  say(`at rest p99: ${median(pairs.closed.map(({ rival }) => rival)).toFixed(2)} ms in a closed loop`)
  return [
    ratioFigure('p99 while the other lanes are full, closed loop', 'ms', 'at rest', pairs.closed, { atMost: 3 }),
    ratioFigure('the same, open loop of 200/s', 'ms', '3 × rest, or 5 ms', pairs.open, { atMost: 1 })
  ]
}

/** From the moment that a call was due, one each few milliseconds, whether or not those before have come back; for ever if refused. */
async function pacedTimes(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  const startedAt = performance.now()
  const calls: Promise<void>[] = []
  for (let n = 0; n < count; n++) {
    const dueAt = startedAt + n * PACE_MS
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await sleep(waitMs)
    // A timer fires up to a millisecond late; that is no part of the call.
    const sentAt = performance.now() - dueAt < 1.5 ? performance.now() : dueAt
    calls.push(
      call().then(
        () => void times.push(performance.now() - sentAt),
        () => void times.push(Number.POSITIVE_INFINITY)
      )
    )
  }
  await Promise.all(calls)
  return times
}
