import { z } from 'zod'
import { peerIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { isoOrNull, peerSchema, peerView, targetFields } from '../peer-fields.ts'

const HOUR_MS = 3_600_000

export const peerMetrics = defineTool({
  name: 'peer_metrics',
  aliases: [{ name: 'get_peer_metrics' }, { name: 'mcplusplus_peer_metrics' }],
  group: 'p2p_peer',
  title: 'What was measured of a peer',
  askedFor: ['latency and reliability of a node', 'bytes sent and received', 'how good is the connection to a machine'],
  description:
    'Requests, bytes, round trips and reliability of one peer, as this node measured them since it started; what was not measured is null. Not for a fresh measurement: use peer_heartbeat.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'peer/read', resource: ({ peer_id }) => `peer:${peer_id}` },
  needs: ['peers'],
  input: z.strictObject({
    peer_id: peerIdField(),
    include_history: z.boolean().default(false).describe('Each round trip, oldest first'),
    history_hours: z
      .int()
      .min(1)
      .max(24 * 365)
      .default(24),
    ...targetFields()
  }),
  output: z.object({
    peer_id: z.string(),
    current_metrics: z.object({
      latency_ms: z.number().nullable(),
      reliability_score: z.number().nullable(),
      reliability_samples: z.int(),
      requests_sent: z.int(),
      requests_served: z.int(),
      requests_failed: z.int(),
      bytes_sent: z.int(),
      bytes_received: z.int()
    }),
    connection_info: peerSchema,
    timestamp: z.string(),
    history: z.array(z.object({ timestamp: z.string(), latency_ms: z.number() })).optional()
  }),
  errors: ['NOT_FOUND', 'PEER_UNREACHABLE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A peer that is not in the book',
      input: { peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA' },
      error: 'NOT_FOUND'
    },
    {
      title: 'With each round trip of the last hour',
      input: {
        peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA',
        include_history: true,
        history_hours: 1
      },
      error: 'NOT_FOUND'
    }
  ],
  run({ peer_id, include_history, history_hours }, { services: { peers }, clock }) {
    const metrics = peers.metrics(peer_id)
    const since = clock.now() - history_hours * HOUR_MS
    return {
      peer_id: metrics.peerId,
      current_metrics: {
        latency_ms: metrics.latencyMs ?? null,
        reliability_score: metrics.reliability?.share ?? null,
        reliability_samples: metrics.reliability?.samples ?? 0,
        requests_sent: metrics.requestsSent,
        requests_served: metrics.requestsServed,
        requests_failed: metrics.requestsFailed,
        bytes_sent: metrics.bytesSent,
        bytes_received: metrics.bytesReceived
      },
      connection_info: peerView(metrics),
      timestamp: new Date(clock.now()).toISOString(),
      ...(include_history && {
        history: metrics.latencies
          .filter(({ at }) => at >= since)
          .map(({ at, ms }) => ({ timestamp: isoOrNull(at) ?? '', latency_ms: ms }))
      })
    }
  }
})
