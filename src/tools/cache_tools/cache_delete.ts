import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { DEFAULT_NAMESPACE } from '../../services/cache/api.ts'
import { example, keyField, namespaceField } from './fields.ts'

export const cacheDelete = defineTool({
  name: 'cache_delete',
  title: 'Remove one cached value of a namespace',
  askedFor: ['drop a single remembered key', 'invalidate an entry', 'forget one cached answer'],
  description:
    'Removes what is cached under a key of a namespace, and tells whether something was. Not for a whole namespace: use cache_clear.',
  runtime: 'general',
  remote: 'task',
  effect: 'delete',
  capability: { ability: 'cache/write', resource: ({ namespace, key }) => `cache:${namespace}/${key}` },
  needs: ['cache'],
  input: z.strictObject({ key: keyField(), namespace: namespaceField().default(DEFAULT_NAMESPACE) }),
  output: z.object({ key: z.string(), namespace: z.string(), deleted: z.boolean() }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'What was there',
      before: [example],
      input: { key: 'page', namespace: 'site' },
      output: { deleted: true }
    },
    { title: 'What was not', input: { key: 'page' }, output: { deleted: false } }
  ],
  run: async ({ key, namespace }, { services: { cache } }) => ({
    key,
    namespace,
    deleted: await cache.delete(key, { namespace })
  })
})
