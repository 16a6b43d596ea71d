import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { outliers, summarize, trendPerHour } from '../../domain/series/summary.ts'
import { METRICS } from '../../services/system/api.ts'
import { pointsOf, samplesOf, windowField } from '../system-view.ts'

const MAX_EXPOSITION = 80_000
const SHOWN_OUTLIERS = 20

export const collectMetrics = defineTool({
  name: 'collect_metrics',
  title: 'Sum up the metrics of a time',
  askedFor: [
    'average and peak memory over the last hour',
    'export counters for Prometheus',
    'how fast is memory growing',
    'statistics of calls and lanes'
  ],
  description:
    'Answers average, least, most and latest of each metric over a time, its growth an hour and what stands out; or the counters of calls and lanes as Prometheus text. Only what was sampled since the server began to watch counts. Not for the samples themselves: use get_performance_metrics.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    time_window: windowField('1h'),
    metrics: z.array(z.enum(METRICS)).min(1).max(METRICS.length).optional().describe('All by default'),
    aggregation: z.enum(['average', 'minimum', 'maximum', 'latest']).default('average').describe('What `value` is'),
    include_trends: z.boolean().default(true),
    include_anomalies: z.boolean().default(false).describe('Samples more than three deviations from the average'),
    export_format: z.enum(['json', 'prometheus']).default('json')
  }),
  output: z.object({
    samples: z.int(),
    since: z.string().nullable().describe('Time of the first sample'),
    metrics: z.array(
      z.object({
        metric: z.string(),
        value: z.number().nullable(),
        average: z.number().nullable(),
        minimum: z.number().nullable(),
        maximum: z.number().nullable(),
        latest: z.number().nullable(),
        per_hour: z.number().nullable().optional(),
        anomalies: z.array(z.object({ at: z.string(), value: z.number() })).optional()
      })
    ),
    prometheus: z.string().optional(),
    truncated: z.boolean()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    {
      title: 'The most memory of the last ten minutes',
      input: { time_window: '10m', metrics: ['process_memory_bytes'], aggregation: 'maximum' },
      output: { metrics: [{ metric: 'process_memory_bytes' }], truncated: false }
    },
    {
      title: 'For Prometheus',
      input: { export_format: 'prometheus', metrics: ['calls'] },
      output: { truncated: false }
    }
  ],
  async run({ time_window, metrics = METRICS, aggregation, ...input }, { services: { system }, clock }) {
    const samples = await samplesOf(system, time_window, clock.now())
    const text = input.export_format === 'prometheus' ? await system.exposition() : undefined
    const first = samples[0]
    return {
      samples: samples.length,
      since: first ? new Date(first.at).toISOString() : null,
      metrics: metrics.map(metric => {
        const points = pointsOf(samples, metric)
        const { count: _count, ...summary } = summarize(points)
        const odd = outliers(points).slice(0, SHOWN_OUTLIERS)
        return {
          metric,
          value: summary[aggregation],
          ...summary,
          ...(input.include_trends && { per_hour: trendPerHour(points) }),
          ...(input.include_anomalies && {
            anomalies: odd.map(({ at, value }) => ({ at: new Date(at).toISOString(), value }))
          })
        }
      }),
      ...(text !== undefined && { prometheus: text.slice(0, MAX_EXPOSITION) }),
      truncated: (text?.length ?? 0) > MAX_EXPOSITION
    }
  }
})
