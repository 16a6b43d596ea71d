import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { DEFAULT_NAMESPACE, MAX_VALUE_BYTES } from '../../services/cache/api.ts'
import { example, hitShape, keyField, namespaceField, readHit } from './fields.ts'

export const cacheGet = defineTool({
  name: 'cache_get',
  title: 'Read a cached value of a namespace',
  askedFor: ['look up a remembered value', 'read a key of a namespace', 'is there a stored answer for this key'],
  description:
    'Answers the value that was cached under a key of a namespace, or hit false if there is none or it has expired. Not for vectors of texts: use get_cached_embeddings.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ namespace, key }) => `cache:${namespace}/${key}` },
  needs: ['cache'],
  input: z.strictObject({ key: keyField(), namespace: namespaceField().default(DEFAULT_NAMESPACE) }),
  output: z.object({ key: z.string(), namespace: z.string(), ...hitShape }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: MAX_VALUE_BYTES + 10_000 },
  examples: [
    {
      title: 'What was cached',
      before: [example],
      input: { key: 'page', namespace: 'site' },
      output: { hit: true, value: { title: 'Home' }, expires_at: null }
    },
    {
      title: 'The same key of another namespace',
      before: [example],
      input: { key: 'page' },
      output: { hit: false, value: null }
    }
  ],
  run: async ({ key, namespace }, { services: { cache } }) => ({
    key,
    namespace,
    ...(await readHit(cache, key, namespace))
  })
})
