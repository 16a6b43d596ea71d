import { z } from 'zod'
import { multiaddrField, peerIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { peerSchema, peerView, secondsField } from '../peer-fields.ts'

export const peerConnect = defineTool({
  name: 'peer_connect',
  aliases: [{ name: 'connect_to_peer' }, { name: 'mcplusplus_peer_connect' }],
  group: 'p2p_peer',
  title: 'Connect to a peer',
  askedFor: ['dial a node by its address', 'open a connection to another machine', 'link up with a partner'],
  description:
    'Dials a peer and keeps the connection. The handshake proves that it is the peer that was meant; it must trust this node, or it hangs up. Not for making two nodes trust each other: use peer_invite and peer_join.',
  runtime: 'p2p',
  effect: 'create',
  capability: { ability: 'peer/connect', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject({
    peer_id: peerIdField().optional(),
    multiaddr: multiaddrField().optional().describe('Where it is; not needed for a peer in the book'),
    timeout: secondsField(30, 300).describe('Seconds for each attempt'),
    retry_count: z.int().min(0).max(10).default(3),
    persist: z.boolean().default(true).describe('false: it is forgotten when the connection ends, unless it is trusted')
  }),
  output: peerSchema.extend({
    attempts: z.int(),
    persist: z.boolean(),
    connection_time: z.number().describe('Seconds'),
    protocol_version: z.string().nullable().describe('Of MCP over libp2p; null if it has not said that it speaks it'),
    peer_capabilities: z.array(z.string())
  }),
  errors: ['PEER_UNREACHABLE', 'PEER_MISMATCH', 'NOT_FOUND'],
  limits: { timeoutMs: 600_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'An address where nobody is',
      input: { multiaddr: '/ip4/127.0.0.1/tcp/1', timeout: 1, retry_count: 0 },
      error: 'PEER_UNREACHABLE'
    },
    {
      title: 'A peer whose address is not known',
      input: { peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA' },
      error: 'NOT_FOUND'
    }
  ],
  async run({ peer_id, multiaddr, timeout, retry_count, persist }, { services: { peers }, signal, clock }) {
    const target = { ...(peer_id !== undefined && { peerId: peer_id }), ...(multiaddr !== undefined && { multiaddr }) }
    const startedAt = clock.monotonic()
    const options = { timeoutMs: timeout * 1000, retries: retry_count, remember: persist, signal }
    const { attempts, ...peer } = await peers.connect(target, options)
    return {
      ...peerView(peer),
      attempts,
      persist,
      connection_time: (clock.monotonic() - startedAt) / 1000,
      protocol_version:
        /^\/mcp\+p2p\/(.*)$/.exec(peer.capabilities.find(name => name.startsWith('/mcp+p2p/')) ?? '')?.[1] ?? null,
      peer_capabilities: [...peer.capabilities]
    }
  }
})
