import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { askRemoteCache, remoteKeyExamples, remoteKeyFields } from './remote-cache.ts'
import { remoteErrors } from './remote-fields.ts'

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
  input: z.strictObject(remoteKeyFields()),
  output: z.object({
    key: z.string(),
    deleted: z.boolean().describe('false if there was none'),
    peer_id: z.string().describe('Who answered')
  }),
  errors: [...remoteErrors],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [...remoteKeyExamples],
  async run(input, context) {
    const answer = await askRemoteCache('cache.delete', input, context)
    return {
      key: input.key,
      deleted: answer.deleted === true,
      peer_id: String(answer.peer_id)
    }
  }
})
