import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { askRemoteCache, remoteKeyExamples, remoteKeyFields } from './remote-cache.ts'
import { remoteErrors } from './remote-fields.ts'

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
  input: z.strictObject(remoteKeyFields()),
  output: z.object({
    key: z.string(),
    hit: z.boolean(),
    peer_id: z.string().describe('Who answered')
  }),
  errors: [...remoteErrors],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [...remoteKeyExamples],
  async run(input, context) {
    const answer = await askRemoteCache('cache.has', input, context)
    return {
      key: input.key,
      hit: answer.hit === true,
      peer_id: String(answer.peer_id)
    }
  }
})
