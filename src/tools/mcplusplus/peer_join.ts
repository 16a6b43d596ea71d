import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { grantedTools, grantField, peerSchema, peerView } from '../peer-fields.ts'

export const peerJoin = defineTool({
  name: 'peer_join',
  group: 'p2p_peer',
  title: 'Join a peer by its invitation',
  askedFor: ['use the line that somebody gave me', 'accept an invitation', 'pair with another machine'],
  description:
    'Uses the line that peer_invite (or `p2p invite`) made on another machine: each node then trusts the other by its key, here for the queue and worker tools and those named in tools. Not for peers that trust each other already: use peer_connect.',
  runtime: 'p2p',
  effect: 'create',
  capability: { ability: 'peer/trust', resource: () => 'peers' },
  needs: ['peers', 'catalog'],
  input: z.strictObject({ invitation: z.string().min(1).max(4096), tools: grantField() }),
  output: peerSchema,
  errors: ['INVITATION_INVALID', 'PEER_UNREACHABLE', 'PEER_MISMATCH', 'TOOL_NOT_FOUND'],
  limits: { timeoutMs: 60_000 },
  examples: [
    { title: 'A line that is cut', input: { invitation: 'ipfs-datasets-join:WzEs' }, error: 'INVITATION_INVALID' },
    { title: 'What is no invitation', input: { invitation: 'hello' }, error: 'INVITATION_INVALID' }
  ],
  async run({ invitation, tools }, { services: { peers, catalog }, signal }) {
    return peerView(await peers.join(invitation, { grant: { tools: grantedTools(catalog, tools) }, signal }))
  }
})
