import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import type { PeerInfo } from '../../services/peers/api.ts'
import { peerSchema, peerView, secondsField } from '../peer-fields.ts'

const metricsSchema = z.object({
  latency_ms: z.number().nullable(),
  bandwidth_mbps: z.null().describe('Not measured'),
  reliability_score: z.number().nullable(),
  uptime_hours: z.number().nullable().describe('Of the connection')
})

export const peerDiscover = defineTool({
  name: 'peer_discover',
  aliases: [{ name: 'discover_peers' }, { name: 'mcplusplus_peer_discover' }],
  group: 'p2p_peer',
  title: 'Look for peers',
  askedFor: ['find other nodes nearby', 'search the local network for machines', 'who offers a capability'],
  description:
    'Pings the peers in the book, listens for those that announce themselves on the local network, and answers those that were heard of or reached within the time. Who is found is not trusted by that. Not for the book as it stands: use peer_list.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'peer/read', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject({
    capability_filter: z.array(z.string().max(256)).max(32).default([]),
    max_peers: z.int().min(1).max(1000).default(10),
    timeout: secondsField(30, 300).describe('Seconds to look; it ends earlier when enough are found'),
    include_metrics: z.boolean().default(false).describe('What was measured of each')
  }),
  output: z.object({
    peers: z.array(peerSchema.extend({ metrics: metricsSchema.optional() })),
    discovered_count: z.int(),
    search_time: z.number().describe('Seconds'),
    capability_filter: z.array(z.string()),
    max_peers: z.int()
  }),
  errors: [],
  limits: { timeoutMs: 330_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'For a moment', input: { timeout: 0.1 }, output: { peers: [], discovered_count: 0 } },
    {
      title: 'Those that speak MCP',
      input: { timeout: 0.1, capability_filter: ['/mcp+p2p/1.0.0'] },
      output: { discovered_count: 0 }
    }
  ],
  async run({ capability_filter, max_peers, timeout, include_metrics }, { services: { peers }, signal, clock }) {
    const startedAt = clock.monotonic()
    const found = await peers.discover({
      timeoutMs: timeout * 1000,
      signal,
      isEnough: peer => capability_filter.every(name => peer.capabilities.includes(name)),
      max: max_peers
    })
    return {
      peers: found.map(peer => ({
        ...peerView(peer),
        ...(include_metrics && { metrics: metricsOf(peer, clock.now()) })
      })),
      discovered_count: found.length,
      search_time: (clock.monotonic() - startedAt) / 1000,
      capability_filter,
      max_peers
    }
  }
})

const HOUR_MS = 3_600_000

const metricsOf = ({ latencyMs, reliability, connectedSince }: PeerInfo, now: number) => ({
  latency_ms: latencyMs ?? null,
  bandwidth_mbps: null,
  reliability_score: reliability?.share ?? null,
  uptime_hours: connectedSince === undefined ? null : (now - connectedSince) / HOUR_MS
})
