import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { DEFAULT_NAMESPACE } from '../../services/cache/api.ts'
import { example, namespaceField, sizeShape } from './fields.ts'

export const cacheClear = defineTool({
  name: 'cache_clear',
  title: 'Empty a namespace of the cache',
  askedFor: ['wipe everything remembered', 'empty all keys of a namespace', 'start with a cold cache'],
  description:
    'Removes every value of one namespace of the cache and answers how many that were; other namespaces stay. Not for one key: use cache_delete. Not for expired or old values only: use optimize_cache.',
  runtime: 'general',
  effect: 'delete',
  capability: { ability: 'cache/write', resource: ({ namespace }) => `cache:${namespace}` },
  needs: ['cache'],
  input: z.strictObject({ namespace: namespaceField().default(DEFAULT_NAMESPACE) }),
  output: z.object({ namespace: z.string(), ...sizeShape }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'One namespace', before: [example], input: { namespace: 'site' }, output: { entries: 1 } },
    { title: 'Another stays', before: [example], input: {}, output: { namespace: 'default', entries: 0 } }
  ],
  async run({ namespace }, { services: { cache }, signal }) {
    const { entries, bytes } = await cache.clear(namespace, { signal })
    return { namespace, entries, size_bytes: bytes }
  }
})
