import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields, targetOf } from '../peer-fields.ts'

export const peerCallTool = defineTool({
  name: 'peer_call_tool',
  aliases: [{ name: 'p2p_taskqueue_call_tool', parameters: { tool_name: 'tool', remote_peer_id: 'target_peer_id' } }],
  group: 'p2p_peer',
  title: 'Call a tool on a peer',
  askedFor: ['run an operation on another machine', 'let a partner do the work', 'remote procedure call to a node'],
  description:
    'Runs a tool there and answers its result. The peer decides whether this node may: it must trust it and grant that tool. Not for long work that should outlive a connection: use task_submit with target_peer_id.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'peer/call', resource: ({ tool }) => `tool:${tool}` },
  needs: ['peers'],
  input: z.strictObject({
    tool: z.string().min(1).max(256),
    args: z.record(z.string().max(256), z.unknown()).default({}),
    ...targetFields()
  }),
  output: z.object({ tool: z.string(), result: z.record(z.string(), z.unknown()) }),
  errors: ['PEER_UNREACHABLE', 'PEER_MISMATCH', 'OUTCOME_UNKNOWN', 'FORBIDDEN', 'TOOL_NOT_FOUND'],
  examples: [
    { title: 'Nobody is named', input: { tool: 'p2p_status' }, error: 'INVALID_INPUT' },
    {
      title: 'A peer that is away',
      input: {
        tool: 'p2p_status',
        remote_multiaddr: '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA'
      },
      error: 'PEER_UNREACHABLE'
    }
  ],
  async run({ tool, args, ...target }, { services: { peers }, signal, progress }) {
    return { tool, result: await peers.callTool(targetOf(target), tool, args, { signal, progress }) }
  }
})
