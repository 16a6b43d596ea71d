import { z } from 'zod'
import { peerIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const peerDisconnect = defineTool({
  name: 'peer_disconnect',
  aliases: [{ name: 'disconnect_peer' }, { name: 'mcplusplus_peer_disconnect' }],
  group: 'p2p_peer',
  title: 'Hang up on a peer',
  askedFor: ['close the connection to a node', 'hang up', 'drop a link for now'],
  description:
    'Closes the connections to a peer. It stays in the book and trusted, and may connect again. Not for ending the trust: use peer_forget.',
  runtime: 'p2p',
  effect: 'replace',
  capability: { ability: 'peer/connect', resource: () => 'peers' },
  needs: ['peers'],
  input: z.strictObject({
    peer_id: peerIdField(),
    reason: z.string().max(1000).nullable().default(null).describe('For the log of this node'),
    graceful: z.boolean().default(true).describe('Sends what was written first; false cuts the connection')
  }),
  output: z.object({
    peer_id: z.string(),
    was_connected: z.boolean(),
    graceful: z.boolean(),
    reason: z.string().nullable(),
    disconnection_time: z.string()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A peer that is not connected',
      input: { peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA' },
      output: { was_connected: false }
    },
    {
      title: 'What is no peer id',
      input: { peer_id: 'somebody' },
      error: 'INVALID_INPUT'
    }
  ],
  async run({ peer_id, reason, graceful }, { services: { peers }, clock, log }) {
    const was_connected = await peers.disconnect(peer_id, { graceful })
    log.info('disconnected from a peer', { peer_id, reason, was_connected })
    return { peer_id, was_connected, graceful, reason, disconnection_time: new Date(clock.now()).toISOString() }
  }
})
