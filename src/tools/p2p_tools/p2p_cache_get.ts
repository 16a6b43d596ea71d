import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { MAX_VALUE_BYTES } from '../../services/cache/api.ts'
import { isoTime } from '../task-view.ts'
import { example, keyField } from './key-field.ts'

export const p2pCacheGet = defineTool({
  name: 'p2p_cache_get',
  title: 'Read a value from the cache',
  askedFor: ['value of a key', 'read a shared remembered value'],
  description:
    'Answers the value that was cached under a key, or hit false if there is none or it has expired. Not for asking whether one is there: use p2p_cache_has.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ key }) => `cache:${key}` },
  needs: ['cache'],
  aliases: [{ name: 'p2p_taskqueue_cache_get' }],
  input: z.strictObject({ key: keyField() }),
  output: z.object({
    key: z.string(),
    hit: z.boolean(),
    value: z.unknown().describe('null without a hit; a hit may be null as well'),
    expires_at: z.string().nullable()
  }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: MAX_VALUE_BYTES + 10_000 },
  examples: [
    {
      title: 'What was cached',
      before: [example],
      input: { key: 'embedding:a1' },
      output: { ok: true, hit: true, value: [0.1, 0.2], expires_at: null }
    },
    { title: 'Nothing there', input: { key: 'unknown' }, output: { ok: true, hit: false, value: null } }
  ],
  async run({ key }, { services: { cache } }) {
    const hit = await cache.get(key)
    return {
      key,
      hit: hit !== undefined,
      value: hit?.value ?? null,
      expires_at: hit?.expiresAt === undefined ? null : isoTime(hit.expiresAt)
    }
  }
})
