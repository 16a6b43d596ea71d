import { z } from 'zod'
import { limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { isoOrNull, peerSchema, peerView } from '../peer-fields.ts'

export const p2pServiceStatus = defineTool({
  name: 'p2p_service_status',
  title: 'State of peer-to-peer on this node, with its peers',
  askedFor: ['is the peer service up and who is there', 'service health with its peers', 'is networking switched on'],
  description:
    'Whether peer-to-peer runs here, who this node is, where it listens since when, and the peers that it knows, those seen last first. Not for limits and connections: use p2p_status. Not for a peer: use p2p_remote_status.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'peer/read', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject({
    include_peers: z.boolean().default(true),
    peers_limit: limitField(50, 1000)
  }),
  output: z.object({
    running: z.literal(true).describe('Otherwise the call fails and says why'),
    self_peer_id: z.string(),
    addresses: z.array(z.string()),
    listen_port: z.int().nullable().describe('Of TCP'),
    started_at: z.string().nullable(),
    connections: z.int(),
    count: z.int().describe('Peers that are known'),
    peers: z.array(peerSchema).nullable(),
    truncated: z.boolean()
  }),
  errors: ['SERVICE_UNAVAILABLE'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 1_000_000 },
  examples: [
    { title: 'A fresh node', input: {}, output: { running: true, count: 0, peers: [], truncated: false } },
    { title: 'Without peers', input: { include_peers: false }, output: { connections: 0, peers: null } }
  ],
  run({ include_peers, peers_limit }, { services: { peers } }) {
    const { peerId, addresses, startedAt, connections } = peers.status()
    const known = peers.list().toSorted((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0))
    return {
      running: true as const,
      self_peer_id: peerId,
      addresses: [...addresses],
      listen_port: portOf(addresses),
      started_at: isoOrNull(startedAt),
      connections,
      count: known.length,
      peers: include_peers ? known.slice(0, peers_limit).map(peerView) : null,
      truncated: include_peers && known.length > peers_limit
    }
  }
})

function portOf(addresses: readonly string[]): number | null {
  const port = addresses.map(address => /\/tcp\/(\d+)(?!\/ws)/.exec(address)?.[1]).find(found => found !== undefined)
  return port === undefined ? null : Number(port)
}
