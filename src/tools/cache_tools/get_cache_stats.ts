import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { countersOf, countersSchema, example, limitsOf, limitsSchema, namespaceField, sizeShape } from './fields.ts'

/** Of a result; namespace_count says how many there are. */
const SHOWN = 500

export const getCacheStats = defineTool({
  name: 'get_cache_stats',
  title: 'Report on the cache, namespace by namespace',
  askedFor: [
    'hits and misses of each namespace',
    'detailed report of cached entries',
    'compare namespaces of the cache'
  ],
  description:
    'Answers entries and bytes of each namespace of the cache, the whole, its limits and counters, as JSON or as a Markdown table. Not for one namespace: use cache_stats. Not for how it changes over time: use monitor_cache.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'cache/read', resource: () => 'cache:' },
  needs: ['cache'],
  input: z.strictObject({
    cache_type: namespaceField().default('all').describe('One namespace, or all'),
    include_details: z.boolean().default(true).describe('The namespaces one by one'),
    format: z.enum(['json', 'markdown']).default('json')
  }),
  output: z.object({
    ...sizeShape,
    limits: limitsSchema,
    counters: countersSchema,
    namespace_count: z.int(),
    namespaces: z.array(z.object({ namespace: z.string(), ...sizeShape })).optional(),
    truncated: z.boolean(),
    report: z.string().optional().describe('With markdown')
  }),
  errors: ['STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 400_000 },
  examples: [
    {
      title: 'Every namespace',
      before: [example],
      input: {},
      output: { entries: 1, namespace_count: 1, namespaces: [{ namespace: 'site', entries: 1 }] }
    },
    { title: 'The whole only', before: [example], input: { include_details: false }, output: { entries: 1 } }
  ],
  async run({ cache_type, include_details, format }, { services: { cache } }) {
    const all = (await cache.namespaces()).map(({ bytes, ...one }) => ({ ...one, size_bytes: bytes }))
    const meant = cache_type === 'all' ? all : all.filter(one => one.namespace === cache_type)
    const shown = meant.slice(0, SHOWN)
    const sum = (name: 'entries' | 'size_bytes') => meant.reduce((total, one) => total + one[name], 0)
    const rows = shown.map(one => `| ${one.namespace.replaceAll('|', '\\|')} | ${one.entries} | ${one.size_bytes} |`)
    return {
      entries: sum('entries'),
      size_bytes: sum('size_bytes'),
      limits: limitsOf(cache),
      counters: countersOf(cache),
      namespace_count: meant.length,
      ...(include_details && { namespaces: shown }),
      truncated: include_details && shown.length < meant.length,
      ...(format === 'markdown' && {
        report: ['| namespace | entries | bytes |', '| --- | --- | --- |', ...rows].join('\n')
      })
    }
  }
})
