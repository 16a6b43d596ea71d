import { z } from 'zod'
import { peerIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const peerForget = defineTool({
  name: 'peer_forget',
  group: 'p2p_peer',
  title: 'End the trust in a peer',
  askedFor: ['stop trusting a machine', 'take access away', 'revoke'],
  description:
    'Takes a peer out of the book: it is trusted no more, its connections are closed, and new ones are refused. Not for hanging up for now: use peer_disconnect.',
  runtime: 'p2p',
  effect: 'delete',
  capability: { ability: 'peer/trust', resource: ({ peer_id }) => `peer:${peer_id}` },
  needs: ['peers'],
  input: z.strictObject({ peer_id: peerIdField() }),
  output: z.object({ peer_id: z.string(), was_known: z.boolean() }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A peer that is not in the book',
      input: { peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA' },
      output: { was_known: false }
    },
    {
      title: 'Twice is once',
      before: [{ tool: 'peer_forget', args: { peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA' } }],
      input: { peer_id: '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA' },
      output: { was_known: false }
    }
  ],
  async run({ peer_id }, { services: { peers } }) {
    return { peer_id, was_known: await peers.forget(peer_id) }
  }
})
