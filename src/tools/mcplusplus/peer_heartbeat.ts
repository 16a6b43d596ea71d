import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields, targetOf } from '../peer-fields.ts'

export const peerHeartbeat = defineTool({
  name: 'peer_heartbeat',
  aliases: [{ name: 'p2p_taskqueue_heartbeat', parameters: { peer_id: 'target_peer_id' } }],
  group: 'p2p_peer',
  title: 'Measure the way to a peer',
  askedFor: ['is the other machine reachable', 'ping a node', 'round trip time', 'is a partner alive'],
  description:
    'Sends a peer a ping and measures its round trip in milliseconds, which also keeps the connection and its record fresh. Not for renewing the lease of a task: use task_heartbeat.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'peer/read', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject(targetFields()),
  output: z.object({ peer_id: z.string(), latency_ms: z.number() }),
  errors: ['PEER_UNREACHABLE', 'PEER_MISMATCH', 'NOT_FOUND'],
  limits: { timeoutMs: 30_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nobody is named', input: {}, error: 'INVALID_INPUT' },
    {
      title: 'A peer that is away',
      input: {
        remote_multiaddr: '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA'
      },
      error: 'PEER_UNREACHABLE'
    }
  ],
  async run(input, { services: { peers }, signal }) {
    const { peerId, latencyMs } = await peers.ping(targetOf(input), { signal })
    return { peer_id: peerId, latency_ms: latencyMs }
  }
})
