import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { keyField } from './key-field.ts'
import { awayPeer, remoteErrors, remoteFields, remoteTarget, timeoutField } from './remote-fields.ts'

export const p2pRemoteCacheDelete = defineTool({
  name: 'p2p_remote_cache_delete',
  title: 'Remove a value from the cache of a peer',
  askedFor: ['forget a key on another machine', 'invalidate remotely'],
  description:
    'Removes what a peer has cached under a key, and tells whether something was. The peer must have granted p2p_cache_delete to this node. Not for the cache of this node: use p2p_cache_delete.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'cache/write', resource: ({ key }) => `cache:${key}` },
  needs: ['peers'],
  input: z.strictObject({
    key: keyField(),
    ...remoteFields(),
    timeout_s: timeoutField(10)
  }),
  output: z.object({
    key: z.string(),
    deleted: z.boolean().describe('false if there was none'),
    peer_id: z.string().describe('Who answered')
  }),
  errors: [...remoteErrors],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nobody is named', input: { key: 'embedding:a1' }, error: 'INVALID_INPUT' },
    { title: 'A peer that is away', input: { key: 'embedding:a1', ...awayPeer }, error: 'PEER_UNREACHABLE' }
  ],
  async run({ key, remote_multiaddr, remote_peer_id, timeout_s }, { services: { peers }, signal }) {
    const target = remoteTarget(remote_multiaddr, remote_peer_id)
    const options = { signal, timeoutMs: timeout_s * 1000 }
    const answer = await peers.queueRpc(target, { op: 'cache.delete', key }, options)
    return {
      key,
      deleted: answer.deleted === true,
      peer_id: String(answer.peer_id)
    }
  }
})
