import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { awayPeer, remoteErrors, remoteTarget, statusFields, timeoutField } from './remote-fields.ts'

export const p2pRemoteStatus = defineTool({
  name: 'p2p_remote_status',
  aliases: [{ name: 'p2p_taskqueue_status' }],
  title: 'State of the task queue of a peer',
  askedFor: ['how long is the queue of another machine', 'is a remote node healthy', 'state of a partner'],
  description:
    'What a peer says of itself: task types that its workers run, operations that it takes, its limits; with detail also its queue and workers. Nodes in Python answer it too. Not for this node: use p2p_service_status.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'peer/read', resource: ({ peer_id }) => `peer:${peer_id}` },
  needs: ['peers'],
  input: z.strictObject({ ...statusFields(), timeout_s: timeoutField(10), detail: z.boolean().default(false) }),
  output: z.looseObject({
    peer_id: z.string(),
    capabilities: z.looseObject({ task_types: z.array(z.string()), ops: z.array(z.string()).optional() }),
    session: z.unknown(),
    nat: z.unknown(),
    queue: z.record(z.string(), z.unknown()).optional(),
    scheduler: z.record(z.string(), z.unknown()).optional(),
    local_worker: z.record(z.string(), z.unknown()).optional(),
    transport: z.record(z.string(), z.unknown()).optional()
  }),
  errors: remoteErrors,
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nobody is named', input: {}, error: 'INVALID_INPUT' },
    {
      title: 'A peer that is away, in detail',
      input: { remote_multiaddr: awayPeer.remote_multiaddr, peer_id: awayPeer.remote_peer_id, detail: true },
      error: 'PEER_UNREACHABLE'
    }
  ],
  async run({ remote_multiaddr, peer_id, timeout_s, detail }, { services: { peers }, signal }) {
    const target = remoteTarget(remote_multiaddr, peer_id)
    const options = { signal, timeoutMs: timeout_s * 1000 }
    const { ok: _, capabilities, ...answer } = await peers.queueRpc(target, { op: 'status', detail }, options)
    // The schema of the output checks it.
    return { session: null, nat: null, ...answer, capabilities: { task_types: [], ...Object(capabilities) } } as never
  }
})
