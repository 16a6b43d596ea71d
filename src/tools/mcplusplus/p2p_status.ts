import { z } from 'zod'
import { snakeKeys } from '../../core/snake-case.ts'
import { defineTool } from '../../core/tool.ts'
import { isoOrNull, targetFields } from '../peer-fields.ts'

export const p2pStatus = defineTool({
  name: 'p2p_status',
  group: 'p2p_peer',
  title: 'State of the peer-to-peer node',
  askedFor: [
    'is this node connected',
    'my peer id and addresses',
    'are others allowed in',
    'state of the network of this node'
  ],
  description:
    'Who this node is among its peers, where it listens, how many it knows and trusts, and which limits it holds them to; with target_peer_id the same of a peer, which also shows that it answers. Not for a list of peers: use peer_list.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'peer/read', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject(targetFields()),
  output: z.object({
    peer_id: z.string(),
    addresses: z.array(z.string()),
    started_at: z.string().nullable(),
    connections: z.int(),
    known_peers: z.int(),
    trusted_peers: z.int(),
    open_invitations: z.int(),
    refused_connections: z.int(),
    pool: z.object({ hits: z.int(), misses: z.int(), handshakes: z.int() }),
    limits: z.record(z.string(), z.number())
  }),
  errors: ['PEER_UNREACHABLE', 'PEER_MISMATCH', 'OUTCOME_UNKNOWN'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Who this node is', input: {}, output: { connections: 0 } },
    { title: 'A fresh node trusts nobody', input: {}, output: { trusted_peers: 0, open_invitations: 0 } }
  ],
  run(_input, { services: { peers } }) {
    const {
      peerId,
      addresses,
      startedAt,
      connections,
      knownPeers,
      trustedPeers,
      openInvitations,
      refused,
      pool,
      limits
    } = peers.status()
    return {
      peer_id: peerId,
      addresses: [...addresses],
      started_at: isoOrNull(startedAt),
      connections,
      known_peers: knownPeers,
      trusted_peers: trustedPeers,
      open_invitations: openInvitations,
      refused_connections: refused,
      pool,
      limits: snakeKeys({ ...limits })
    }
  }
})
