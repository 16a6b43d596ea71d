import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { example, keyField } from './key-field.ts'

export const p2pCacheDelete = defineTool({
  name: 'p2p_cache_delete',
  title: 'Remove a value from the cache',
  askedFor: ['forget a key', 'drop a remembered value'],
  description:
    'Removes what is cached under a key, and tells whether something was. Not for replacing a value: use p2p_cache_set.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'delete',
  capability: { ability: 'cache/write', resource: ({ key }) => `cache:${key}` },
  needs: ['cache'],
  input: z.strictObject({ key: keyField() }),
  output: z.object({ key: z.string(), deleted: z.boolean().describe('false if there was none') }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'What was there', before: [example], input: { key: 'embedding:a1' }, output: { ok: true, deleted: true } },
    { title: 'What was not', input: { key: 'embedding:a1' }, output: { ok: true, deleted: false } }
  ],
  run: async ({ key }, { services: { cache } }) => ({ key, deleted: await cache.delete(key) })
})
