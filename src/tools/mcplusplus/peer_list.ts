import { z } from 'zod'
import { limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { peerSchema, peerView, targetFields } from '../peer-fields.ts'

const SORTS = ['last_seen', 'latency', 'reliability', 'peer_id'] as const

export const peerList = defineTool({
  name: 'peer_list',
  aliases: [
    { name: 'list_peers' },
    { name: 'list_connected_peers' },
    { name: 'p2p_taskqueue_list_peers' },
    { name: 'mcplusplus_peer_list' }
  ],
  group: 'p2p_peer',
  title: 'List known peers',
  askedFor: ['which machines do I know', 'address book of nodes', 'who is connected at the moment', 'trusted partners'],
  description:
    'The peers in the book of this node: where they are, whether they are connected and trusted, and what was measured of them. Not for finding new ones: use peer_discover.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'peer/read', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject({
    status_filter: z.enum(['connected', 'known', 'trusted']).optional(),
    capability_filter: z.array(z.string().max(256)).max(32).default([]).describe('Protocols that a peer must speak'),
    sort_by: z.enum(SORTS).default('last_seen'),
    limit: limitField(100, 1000),
    offset: z.int().min(0).max(1_000_000).default(0),
    ...targetFields()
  }),
  output: z.object({
    peers: z.array(peerSchema),
    total_count: z.int(),
    returned_count: z.int(),
    has_more: z.boolean(),
    sort_by: z.string()
  }),
  errors: ['PEER_UNREACHABLE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'A fresh node knows nobody', input: {}, output: { peers: [], total_count: 0, has_more: false } },
    { title: 'Only those connected now', input: { status_filter: 'connected' }, output: { returned_count: 0 } }
  ],
  run({ status_filter, capability_filter, sort_by, limit, offset }, { services: { peers } }) {
    const found = peers
      .list()
      .filter(
        peer =>
          status_filter === undefined || (status_filter === 'trusted' ? peer.isTrusted : peer.status === status_filter)
      )
      .filter(peer => capability_filter.every(name => peer.capabilities.includes(name)))
      .toSorted((a, b) => ORDERS[sort_by](a) - ORDERS[sort_by](b) || a.peerId.localeCompare(b.peerId))
    const page = found.slice(offset, offset + limit)
    return {
      peers: page.map(peerView),
      total_count: found.length,
      returned_count: page.length,
      has_more: offset + page.length < found.length,
      sort_by
    }
  }
})

type Measured = { lastSeenAt?: number; latencyMs?: number; reliability?: { share: number } }
const ORDERS: Record<(typeof SORTS)[number], (peer: Measured) => number> = {
  last_seen: peer => -(peer.lastSeenAt ?? 0),
  latency: peer => peer.latencyMs ?? Number.MAX_VALUE,
  reliability: peer => -(peer.reliability?.share ?? 0),
  peer_id: () => 0
}
