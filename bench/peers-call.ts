/** `p2p_status` of a peer over the kept stream, one call in flight, beside a bare echo; and with a new host and key for each call. */
import { hash } from 'node:crypto'
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import type { Random } from '../src/core/random.ts'
import { systemRandom } from '../src/core/random.ts'
import { createMemoryStorage, createPeers } from '../src/services/peers/index.ts'
import { type Bench, rounds } from './bench.ts'
import { median, type Pair, plainFigure, quantile, ratioFigure } from './figures.ts'
import { ONCE, openPair, timesOf } from './peers-pair.ts'

const ROUNDS = 7
const CALLS = 1000
const COLD_CALLS = 10
const WARM_UP_CALLS = 3000

export const peersCall: Bench = async context => {
  const { callThere, echo, served } = await openPair(context)
  const [target] = served
  if (!target) throw new Error('No node serves')
  const multiaddr = target.address
  const keys = [...ONCE]
  const warm = { p50: [] as Pair[], p99: [] as Pair[] }
  const cold: number[] = []
  let echoTimes: number[] = []
  await timesOf(WARM_UP_CALLS, echo)
  await timesOf(WARM_UP_CALLS, () => callThere('p2p_status'))
  await rounds(ROUNDS, {
    echo: async () => {
      echoTimes = await timesOf(CALLS, echo)
    },
    warm: async () => {
      const times = await timesOf(CALLS, () => callThere('p2p_status'))
      warm.p50.push({ ours: quantile(times, 0.5), rival: quantile(echoTimes, 0.5) })
      warm.p99.push({ ours: quantile(times, 0.99), rival: quantile(echoTimes, 0.99) })
    },
    cold: async () => {
      cold.push(median(await timesOf(COLD_CALLS, () => callOnce(keys.pop() ?? 0, multiaddr))))
    }
  })
  const ours = (pairs: readonly Pair[]) => pairs.map(pair => pair.ours)
  const reductions = cold.map((ms, round) => 100 * (1 - (warm.p50[round]?.ours ?? Number.NaN) / ms))
  return [
    plainFigure('call of p2p_status on a kept stream, p50', 'ms', ours(warm.p50), { atMost: 0.5 }),
    ratioFigure('the same', 'ms', 'bare echo', warm.p50, { atMost: 2.5 }),
    plainFigure('the same, p99', 'ms', ours(warm.p99), { atMost: 3 }),
    ratioFigure('the same', 'ms', 'bare echo', warm.p99),
    plainFigure('the same with a new host and key, p50', 'ms', cold),
    plainFigure('reduction by the kept stream', '%', reductions)
  ]
}

/** As a client does that makes itself a host for each call. */
async function callOnce(number: number, multiaddr: string): Promise<void> {
  const seeded: Random = { ...systemRandom, bytes: () => hash('sha256', `peer ${number}`, 'buffer') }
  const peers = createPeers({
    storage: createMemoryStorage(),
    clock: systemClock,
    random: seeded,
    log: silentLog,
    version: '1.0.0',
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    bootstrap: [],
    useMdns: false,
    limits: {
      maxFrameBytes: 16 * 1024 * 1024,
      maxBytesPerPeer: 64 * 1024 * 1024,
      maxConnectionsPerPeer: 4,
      maxRequestsPerPeer: 64,
      maxStreamsPerPeer: 32,
      maxConnections: 300,
      messagesPerSecond: 10_000,
      bytesPerSecond: 256 * 1024 * 1024,
      replayWindowMs: 300_000,
      replayEntries: 4096,
      requestTimeoutMs: 120_000,
      idleMs: 300_000,
      strangersPerSecond: 5
    }
  })
  await peers.start()
  await peers.callTool({ multiaddr }, 'p2p_status', {})
  await peers.stop()
}
