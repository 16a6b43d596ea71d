/**
 * The call of `p2p_status` while strangers hold 200 connections and dial 100 times a second, beside the same at peace; and what the
 * memory of the attacked node grows by. They come from an address of nobody's; then from one that a trusted peer has too, which the
 * gate lets through to the handshake.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, type BenchContext, rounds } from './bench.ts'
import { startChild } from './child.ts'
import { type Figure, type Pair, plainFigure, quantile, ratioFigure } from './figures.ts'
import { openPair, timesOf } from './peers-pair.ts'

const ROUNDS = 5
const CALLS = 2000
const WARM_UP_CALLS = 3000
const SETTLE_MS = 1000
const MB = 2 ** 20
/** It may take so long whatever it takes at peace. */
const FLOOR_MS = 5

export const peersAttacked: Bench = async context => [
  ...(await measure(context, 'from elsewhere', '127.0.0.9', true)),
  ...(await measure(context, 'from the address of a trusted peer', '127.0.0.1', false))
]

async function measure({ scratch, say }: BenchContext, what: string, home: string, hasTargets: boolean) {
  await using own = new AsyncDisposableStack()
  const place = `${scratch}/${home}`
  const { callThere, server, served } = await openPair({ scratch: place, own }, { host: home })
  const attacker = own.use(await startChild('peers-attacker.ts', [served[0]?.address ?? '']))
  const call = () => callThere('p2p_status')
  const p99 = async () => quantile(await timesOf(CALLS, call), 0.99)
  await timesOf(WARM_UP_CALLS, call)
  const before = await server.settledUsage()
  const pairs: Pair[] = []
  const growthMb: number[] = []
  let peace = 0
  await rounds(ROUNDS, {
    peace: async () => {
      peace = await p99()
    },
    attacked: async () => {
      await attacker.ask('attack')
      await sleep(SETTLE_MS)
      const startedAt = performance.now()
      const times: number[] = []
      while (times.length < CALLS || performance.now() - startedAt < 3000) times.push(...(await timesOf(100, call)))
      pairs.push({ ours: quantile(times, 0.99), rival: Math.max(2 * peace, FLOOR_MS) })
      growthMb.push(((await server.usage()).rssBytes - before.rssBytes) / MB)
      const counts = await attacker.ask<object>('rest')
      say(
        `${what}: p99 ${pairs.at(-1)?.ours.toFixed(2)} ms, at peace ${peace.toFixed(2)}; so far ${JSON.stringify(counts)}`
      )
      await sleep(2 * SETTLE_MS)
    }
  })
  const figures: Figure[] = [
    ratioFigure(`p99 under attack ${what}`, 'ms', '2 × peace, or 5 ms', pairs, hasTargets ? { atMost: 1 } : undefined),
    plainFigure(`memory grown by the attack ${what}`, 'MB', growthMb, hasTargets ? { atMost: 64 } : undefined)
  ]
  return figures
}
