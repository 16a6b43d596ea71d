/** Parameters and results that tools about peers share. */
import { z } from 'zod'
import type { Catalog } from '../core/catalog.ts'
import { AppError } from '../core/errors.ts'
import { multiaddrField, peerIdField } from '../core/fields.ts'
import type { PeerInfo, PeerTarget } from '../services/peers/api.ts'

/** Which node a tool works on: this one unless one of them is given. */
export const targetFields = () => ({
  remote_multiaddr: multiaddrField().optional().describe('Works on the peer at this address'),
  target_peer_id: peerIdField().optional().describe('Works on this peer')
})

export function targetOf(given: {
  remote_multiaddr?: string | undefined
  target_peer_id?: string | undefined
}): PeerTarget {
  return {
    ...(given.remote_multiaddr !== undefined && { multiaddr: given.remote_multiaddr }),
    ...(given.target_peer_id !== undefined && { peerId: given.target_peer_id })
  }
}

export const secondsField = (fallback: number, max: number) => z.number().min(0.1).max(max).default(fallback)

const iso = (ms: number): string => new Date(ms).toISOString()
export const isoOrNull = (ms: number | undefined): string | null => (ms === undefined ? null : iso(ms))

export const peerSchema = z.object({
  peer_id: z.string(),
  multiaddr: z.string().nullable(),
  addresses: z.array(z.string()),
  status: z.enum(['connected', 'known']),
  is_trusted: z.boolean(),
  capabilities: z.array(z.string()),
  source: z.string(),
  last_seen: z.string().nullable(),
  connected_since: z.string().nullable(),
  latency_ms: z.number().nullable(),
  reliability_score: z.number().nullable()
})

export function peerView(peer: PeerInfo): z.infer<typeof peerSchema> {
  return {
    peer_id: peer.peerId,
    multiaddr: peer.addresses[0] ?? null,
    addresses: [...peer.addresses],
    status: peer.status,
    is_trusted: peer.isTrusted,
    capabilities: [...peer.capabilities],
    source: peer.source,
    last_seen: isoOrNull(peer.lastSeenAt),
    connected_since: isoOrNull(peer.connectedSince),
    latency_ms: peer.latencyMs ?? null,
    reliability_score: peer.reliability?.share ?? null
  }
}

/** What a trusted peer may use beside the tools that every trusted peer may. */
export const grantField = () =>
  z
    .array(z.string().min(1).max(256))
    .max(1000)
    .default([])
    .describe('Tools that the other node may use here, beside the queue and worker tools and p2p_status')

/** Names of tools that an invitation grants; TOOL_NOT_FOUND for one that there is not, FORBIDDEN for one that no peer may use. */
export function grantedTools(catalog: Catalog, more: readonly string[]): string[] {
  const basic = catalog.categories
    .flatMap(({ tools }) => tools)
    .filter(({ name, group, remote }) => remote === 'peer' && (group === 'p2p_taskqueue' || name === 'p2p_status'))
    .map(({ name }) => name)
  for (const name of more) {
    if (catalog.resolve(name).entry.remote !== 'never') continue
    throw new AppError('FORBIDDEN', `${name} works for callers of this node only and cannot be granted to a peer`)
  }
  return [...new Set([...basic, ...more.map(name => catalog.resolve(name).entry.name)])].sort()
}
