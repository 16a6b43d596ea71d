import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { grantedTools, grantField } from '../peer-fields.ts'

export const peerInvite = defineTool({
  name: 'peer_invite',
  group: 'p2p_peer',
  title: 'Invite a peer',
  askedFor: [
    'let a friend in',
    'make a line that another machine can paste',
    'grant access once',
    'one-time secret for a new node'
  ],
  description:
    'Makes one line to paste on another machine (peer_join, or `p2p join`): it works once and expires, and then each node trusts the other by its key. Whoever has the line can use it: send it as you would a password. Not for connecting to a peer that is trusted: use peer_connect.',
  runtime: 'p2p',
  effect: 'create',
  capability: { ability: 'peer/trust', resource: () => 'peers' },
  needs: ['peers', 'catalog'],
  input: z.strictObject({
    tools: grantField(),
    expires_s: z
      .int()
      .min(10)
      .max(7 * 86_400)
      .default(600)
  }),
  output: z.object({ invitation: z.string(), expires_at: z.string(), tools: z.array(z.string()) }),
  errors: ['BUSY', 'TOOL_NOT_FOUND'],
  examples: [
    { title: 'For the queue and its workers', input: {}, output: {} },
    { title: 'Also for queries, for a minute', input: { tools: ['query_dataset'], expires_s: 60 }, output: {} }
  ],
  async run({ tools, expires_s }, { services: { peers, catalog } }) {
    const grant = { tools: grantedTools(catalog, tools) }
    const { line, expiresAt } = await peers.invite({ grant, expiresInMs: expires_s * 1000 })
    return { invitation: line, expires_at: new Date(expiresAt).toISOString(), tools: grant.tools }
  }
})
