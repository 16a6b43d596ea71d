import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { countersOf, countersSchema, example, limitsOf, limitsSchema, namespaceField, sizeShape } from './fields.ts'

export const cacheStats = defineTool({
  name: 'cache_stats',
  title: 'Show how full the cache is and how often it hits',
  askedFor: ['hit rate and number of entries', 'is the cache effective', 'how much memory do cached values take'],
  description:
    'Answers entries and bytes of the cache, or of one namespace of it, its limits, and what happened since it started: hits, misses and evictions. Not for every namespace at once: use get_cache_stats.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'cache/read', resource: ({ namespace }) => `cache:${namespace ?? ''}` },
  needs: ['cache'],
  input: z.strictObject({ namespace: namespaceField().optional().describe('All by default') }),
  output: z.object({
    namespace: z.string().nullable(),
    ...sizeShape,
    limits: limitsSchema,
    counters: countersSchema
  }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'All of it',
      before: [example],
      input: {},
      output: { namespace: null, entries: 1, limits: { max_entries: 10_000 } }
    },
    {
      title: 'One namespace',
      before: [example],
      input: { namespace: 'other' },
      output: { entries: 0, size_bytes: 0, counters: { sets: 1, hit_rate: null } }
    }
  ],
  async run({ namespace }, { services: { cache } }) {
    const found =
      namespace === undefined ? cache.size() : (await cache.namespaces()).find(one => one.namespace === namespace)
    return {
      namespace: namespace ?? null,
      entries: found?.entries ?? 0,
      size_bytes: found?.bytes ?? 0,
      limits: limitsOf(cache),
      counters: countersOf(cache)
    }
  }
})
