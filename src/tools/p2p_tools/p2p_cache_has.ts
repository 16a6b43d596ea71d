import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { example, keyField } from './key-field.ts'

export const p2pCacheHas = defineTool({
  name: 'p2p_cache_has',
  title: 'Ask whether a value is in the cache',
  askedFor: ['does the key exist', 'was it remembered before', 'check without reading'],
  description:
    'Tells whether a value is cached under a key and has not expired. Not for the value itself: use p2p_cache_get.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ key }) => `cache:${key}` },
  needs: ['cache'],
  input: z.strictObject({ key: keyField() }),
  output: z.object({ key: z.string(), hit: z.boolean() }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'It is there', before: [example], input: { key: 'embedding:a1' }, output: { ok: true, hit: true } },
    { title: 'It is not', input: { key: 'embedding:a1' }, output: { ok: true, hit: false } }
  ],
  run: async ({ key }, { services: { cache } }) => ({ key, hit: await cache.has(key) })
})
