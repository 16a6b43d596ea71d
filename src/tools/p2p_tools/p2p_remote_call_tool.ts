import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { awayPeer, remoteErrors, remoteFields, remoteTarget, timeoutField } from './remote-fields.ts'

export const p2pRemoteCallTool = defineTool({
  name: 'p2p_remote_call_tool',
  title: 'Call a tool of a peer, with a time limit',
  askedFor: ['execute remotely', 'call a function of another node with a time limit'],
  description:
    'Runs a tool on a peer and answers its result, as clients of the Python server ask for it; the peer decides whether this node may. When the time is over the peer is asked to stop. Not for work that should outlive the connection: use p2p_remote_submit_task.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'peer/call', resource: ({ tool_name }) => `tool:${tool_name}` },
  needs: ['peers'],
  input: z.strictObject({
    tool_name: z.string().min(1).max(256),
    args: z
      .record(z.string().max(256), z.unknown())
      .nullable()
      .default(null)
      .transform(args => args ?? {}),
    ...remoteFields(),
    timeout_s: timeoutField(30)
  }),
  output: z.object({ tool: z.string(), result: z.record(z.string(), z.unknown()) }),
  errors: [...remoteErrors, 'TOOL_NOT_FOUND'],
  limits: { timeoutMs: 330_000, resultBytes: 1_000_000 },
  examples: [
    { title: 'Nobody is named', input: { tool_name: 'p2p_status' }, error: 'INVALID_INPUT' },
    { title: 'A peer that is away', input: { tool_name: 'p2p_status', ...awayPeer }, error: 'PEER_UNREACHABLE' }
  ],
  async run({ tool_name, args, remote_multiaddr, remote_peer_id, timeout_s }, { services, signal, progress }) {
    const target = remoteTarget(remote_multiaddr, remote_peer_id)
    const options = { signal, progress, timeoutMs: timeout_s * 1000 }
    return { tool: tool_name, result: await services.peers.callTool(target, tool_name, args, options) }
  }
})
