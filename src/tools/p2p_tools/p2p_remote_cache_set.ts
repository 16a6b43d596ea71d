import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { keyField } from './key-field.ts'
import { awayPeer, remoteErrors, remoteFields, remoteTarget, timeoutField } from './remote-fields.ts'

export const p2pRemoteCacheSet = defineTool({
  name: 'p2p_remote_cache_set',
  title: 'Keep a value in the cache of a peer',
  askedFor: ['put a value on another machine', 'share a remembered value with a partner'],
  description:
    'Caches a JSON value of up to 1 MiB under a key on a peer, until it is put out there. The peer must have granted p2p_cache_set to this node. Not for the cache of this node: use p2p_cache_set.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'cache/write', resource: ({ key }) => `cache:${key}` },
  needs: ['peers'],
  input: z.strictObject({
    key: keyField(),
    value: z.unknown().describe('Any JSON, null too'),
    ...remoteFields(),
    timeout_s: timeoutField(10)
  }),
  output: z.object({
    key: z.string(),
    peer_id: z.string().describe('Who answered')
  }),
  errors: [...remoteErrors, 'TOO_LARGE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nobody is named', input: { key: 'embedding:a1', value: [0.1, 0.2] }, error: 'INVALID_INPUT' },
    {
      title: 'A peer that is away',
      input: { key: 'embedding:a1', value: [0.1, 0.2], ...awayPeer },
      error: 'PEER_UNREACHABLE'
    }
  ],
  async run({ key, value, remote_multiaddr, remote_peer_id, timeout_s }, { services: { peers }, signal }) {
    const target = remoteTarget(remote_multiaddr, remote_peer_id)
    const options = { signal, timeoutMs: timeout_s * 1000 }
    const answer = await peers.queueRpc(target, { op: 'cache.set', key, value }, options)
    return {
      key,
      peer_id: String(answer.peer_id)
    }
  }
})
