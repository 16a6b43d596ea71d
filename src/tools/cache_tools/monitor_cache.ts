import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { trendPerHour } from '../../domain/series/summary.ts'
import { pointsOf, samplesOf, windowField } from '../system-view.ts'
import { countersOf, countersSchema, example, limitsOf, limitsSchema, sizeShape } from './fields.ts'

const percent = () => z.number().min(0).max(100).optional()

export const monitorCache = defineTool({
  name: 'monitor_cache',
  title: 'Watch the cache over a time',
  askedFor: ['cache hit rate over time', 'when will the cache be full', 'trend of cache size'],
  description:
    'Answers how the cache did over a time as far as the server has watched: hits and misses in it, size now, what is beyond thresholds of your own, and, if asked, when it is full at the growth of that time. Not for its namespaces: use get_cache_stats.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'cache/read', resource: () => 'cache:' },
  needs: ['cache', 'system'],
  input: z.strictObject({
    time_window: windowField('1h'),
    alert_thresholds: z
      .strictObject({ min_hit_percent: percent(), max_full_percent: percent() })
      .optional()
      .describe('What counts as an alert in this answer'),
    include_predictions: z.boolean().default(false)
  }),
  output: z.object({
    ...sizeShape,
    limits: limitsSchema,
    full_percent: z.number(),
    samples: z.int(),
    window: z.object({ hits: z.int(), misses: z.int(), hit_percent: z.number().nullable() }),
    counters: countersSchema,
    alerts: z.array(z.string()),
    full_in_hours: z.number().nullable().optional().describe('null where it does not grow')
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'The last hour', before: [example], input: {}, output: { entries: 1, alerts: [] } },
    {
      title: 'With a threshold',
      before: [example],
      input: { alert_thresholds: { max_full_percent: 50 }, include_predictions: true },
      output: { alerts: [] }
    }
  ],
  async run({ time_window, alert_thresholds = {}, include_predictions }, { services: { cache, system }, clock }) {
    const samples = await samplesOf(system, time_window, clock.now())
    const during = (metric: 'cache_hits' | 'cache_misses') => {
      const points = pointsOf(samples, metric)
      // Where a restart of the cache has set it back, what came after counts.
      return Math.max(0, (points.at(-1)?.value ?? 0) - (points.length > 1 ? (points[0]?.value ?? 0) : 0))
    }
    const [hits, misses] = [during('cache_hits'), during('cache_misses')]
    const hitPercent = hits + misses === 0 ? null : (hits / (hits + misses)) * 100
    const { entries, bytes } = cache.size()
    const { maxBytes, maxEntries } = cache.limits()
    const fullPercent = Math.max(bytes / maxBytes, entries / maxEntries) * 100
    const growth = trendPerHour(pointsOf(samples, 'cache_bytes'))
    const { min_hit_percent = 0, max_full_percent = 100 } = alert_thresholds
    return {
      entries,
      size_bytes: bytes,
      limits: limitsOf(cache),
      full_percent: fullPercent,
      samples: samples.length,
      window: { hits, misses, hit_percent: hitPercent },
      counters: countersOf(cache),
      alerts: [
        ...(hitPercent !== null && hitPercent < min_hit_percent
          ? [`Only ${Math.round(hitPercent)} % of the reads hit`]
          : []),
        ...(fullPercent > max_full_percent ? [`The cache is full to ${Math.round(fullPercent)} %`] : [])
      ],
      ...(include_predictions && { full_in_hours: growth !== null && growth > 0 ? (maxBytes - bytes) / growth : null })
    }
  }
})
