import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { MAX_VALUE_BYTES } from '../../services/cache/api.ts'
import { askRemoteCache, remoteKeyExamples, remoteKeyFields } from './remote-cache.ts'
import { remoteErrors } from './remote-fields.ts'

export const p2pRemoteCacheGet = defineTool({
  name: 'p2p_remote_cache_get',
  title: 'Read a value from the cache of a peer',
  askedFor: ['read a key on another machine', 'value remembered by a partner'],
  description:
    'Answers the value that a peer has cached under a key, or hit false. The peer must have granted p2p_cache_get to this node. Not for the cache of this node: use p2p_cache_get.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ key }) => `cache:${key}` },
  needs: ['peers'],
  input: z.strictObject(remoteKeyFields()),
  output: z.object({
    key: z.string(),
    hit: z.boolean(),
    value: z.unknown().describe('null without a hit'),
    peer_id: z.string().describe('Who answered')
  }),
  errors: [...remoteErrors],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: MAX_VALUE_BYTES + 10_000 },
  examples: [...remoteKeyExamples],
  async run(input, context) {
    const answer = await askRemoteCache('cache.get', input, context)
    return {
      key: input.key,
      hit: answer.hit === true,
      value: answer.value ?? null,
      peer_id: String(answer.peer_id)
    }
  }
})
