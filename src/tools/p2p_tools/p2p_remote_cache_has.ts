import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { keyField } from './key-field.ts'
import { awayPeer, remoteErrors, remoteFields, remoteTarget, timeoutField } from './remote-fields.ts'

export const p2pRemoteCacheHas = defineTool({
  name: 'p2p_remote_cache_has',
  title: 'Ask whether a value is in the cache of a peer',
  askedFor: ['does another machine have the key', 'is it remembered remotely'],
  description:
    'Tells whether a peer has a value cached under a key. The peer must have granted p2p_cache_has to this node. Not for the value itself: use p2p_remote_cache_get.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ key }) => `cache:${key}` },
  needs: ['peers'],
  input: z.strictObject({
    key: keyField(),
    ...remoteFields(),
    timeout_s: timeoutField(10)
  }),
  output: z.object({
    key: z.string(),
    hit: z.boolean(),
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
    const answer = await peers.queueRpc(target, { op: 'cache.has', key }, options)
    return {
      key,
      hit: answer.hit === true,
      peer_id: String(answer.peer_id)
    }
  }
})
