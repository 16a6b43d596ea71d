/** 10,000 calls to ten peers: how often a kept stream was at hand, and how many handshakes there were. */
import type { Bench } from './bench.ts'
import { plainFigure } from './figures.ts'
import { openPair } from './peers-pair.ts'

const PEERS = 10
const CALLS = 10_000
const CALLERS = 20

export const peersReuse: Bench = async context => {
  const { caller, served } = await openPair(context, { nodes: PEERS })
  let started = 0
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (started < CALLS) {
        const target_peer_id = served[started++ % PEERS]?.peerId
        await caller.call('p2p_status', { target_peer_id })
      }
    })
  )
  const { hits, misses, handshakes } = Object(await caller.call('p2p_status')).pool
  return [
    plainFigure(`kept stream at hand, ${CALLS} calls to ${PEERS} peers`, '%', [(100 * hits) / (hits + misses)], {
      atLeast: 95
    }),
    plainFigure('handshakes for them', '', [handshakes], { atMost: PEERS })
  ]
}
