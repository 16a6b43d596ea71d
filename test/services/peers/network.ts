/** Peers in one process, over real TCP on loopback. */

import { systemClock } from '../../../src/core/clock.ts'
import { createLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import type { PeerLimits, Peers } from '../../../src/services/peers/api.ts'
import { createMemoryStorage, createPeers } from '../../../src/services/peers/index.ts'
import type { PeersOptions } from '../../../src/services/peers/peers.ts'

export const LIMITS: PeerLimits = {
  maxFrameBytes: 1024 * 1024,
  maxRequestsPerPeer: 64,
  maxStreamsPerPeer: 32,
  maxBytesPerPeer: 4 * 1024 * 1024,
  maxConnectionsPerPeer: 4,
  maxConnections: 300,
  messagesPerSecond: 10_000,
  bytesPerSecond: 256 * 1024 * 1024,
  replayWindowMs: 300_000,
  replayEntries: 4096,
  requestTimeoutMs: 5000,
  idleMs: 60_000,
  strangersPerSecond: 5
}

export async function startPeer(
  more: Partial<PeerLimits> = {},
  storage = createMemoryStorage(),
  listen: readonly string[] = ['/ip4/127.0.0.1/tcp/0'],
  trust: Pick<PeersOptions, 'allowed' | 'token'> = {}
) {
  const peers: Peers = createPeers({
    storage,
    clock: systemClock,
    random: systemRandom,
    log: createLog('silent', () => {}),
    limits: { ...LIMITS, ...more },
    version: '0.0.0',
    listen,
    announce: [],
    bootstrap: [],
    useMdns: false,
    ...trust
  })
  await peers.start()
  return { peers, storage, peerId: peers.status().peerId, [Symbol.asyncDispose]: () => peers.stop() }
}

/** Each trusts the other, by an invitation. */
export async function joined(inviter: Peers, joiner: Peers): Promise<void> {
  const { line } = await inviter.invite({ grant: { tools: ['p2p_status'] }, expiresInMs: 60_000 })
  await joiner.join(line, { grant: { tools: [] } })
}

/** Answers every request with its own parameters. */
export function serveEcho(peers: Peers): void {
  peers.serve(stream => {
    stream.onMessage(body => {
      const { id, params } = JSON.parse(Buffer.from(body).toString())
      if (id !== undefined) stream.send(JSON.stringify({ jsonrpc: '2.0', id, result: { params, from: stream.peerId } }))
    })
  })
}
