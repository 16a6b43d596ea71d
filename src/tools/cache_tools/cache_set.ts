import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { DEFAULT_NAMESPACE } from '../../services/cache/api.ts'
import { keyField, namespaceField, toTime, toTtlMs, ttlField } from './fields.ts'

export const cacheSet = defineTool({
  name: 'cache_set',
  title: 'Cache a value in a namespace',
  askedFor: [
    'remember a value under a key for an hour',
    'memoize an answer in a namespace',
    'store with a time to live'
  ],
  description:
    'Caches a JSON value of up to 1 MiB under a key of a namespace, for a time or until it is put out; it survives a restart. The cache is bounded: what was used longest ago goes first. Not for what must last: use store_data.',
  runtime: 'general',
  remote: 'task',
  effect: 'replace',
  capability: { ability: 'cache/write', resource: ({ namespace, key }) => `cache:${namespace}/${key}` },
  needs: ['cache'],
  input: z.strictObject({
    key: keyField(),
    value: z.unknown().describe('Any JSON, null too'),
    ttl: ttlField(),
    namespace: namespaceField().default(DEFAULT_NAMESPACE)
  }),
  output: z.object({ key: z.string(), namespace: z.string(), expires_at: z.string().nullable() }),
  errors: ['INVALID_INPUT', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'For good', input: { key: 'page', value: 'Home' }, output: { namespace: 'default', expires_at: null } },
    {
      title: 'For an hour, in a namespace',
      input: { key: 'page', value: [1, 2], ttl: 3600, namespace: 'site' },
      output: { key: 'page', namespace: 'site' }
    }
  ],
  async run({ key, value, ttl, namespace }, { services: { cache } }) {
    const { expiresAt } = await cache.set(key, value, { ttlMs: toTtlMs(ttl), namespace })
    return { key, namespace, expires_at: toTime(expiresAt) }
  }
})
