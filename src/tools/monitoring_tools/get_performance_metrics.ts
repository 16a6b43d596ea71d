import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { METRICS } from '../../services/system/api.ts'
import { samplesOf, toFigures, windowField } from '../system-view.ts'

/** Of the history of a result, evenly chosen. */
const SHOWN_SAMPLES = 120

const KINDS: Record<'cpu' | 'memory' | 'disk' | 'calls' | 'cache', RegExp> = {
  cpu: /cpu|load|event_loop/,
  memory: /memory|heap/,
  disk: /disk/,
  calls: /calls/,
  cache: /cache/
}

export const getPerformanceMetrics = defineTool({
  name: 'get_performance_metrics',
  title: 'Measure processor, memory, disk and calls',
  askedFor: [
    'CPU and RAM usage right now',
    'how loaded is the machine',
    'history of samples',
    'disk usage of the host',
    'latency of calls'
  ],
  description:
    'Answers figures of the host and the process measured now, and the samples of a time range as far as the server has watched (one each 10 s, at most a day). Not for averages and trends: use collect_metrics.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    metric_types: z
      .array(z.enum(['cpu', 'memory', 'disk', 'calls', 'cache']))
      .min(1)
      .max(5)
      .optional()
      .describe('All by default'),
    time_range: windowField('1h'),
    include_history: z.boolean().default(true)
  }),
  output: z.object({
    metrics: z.partialRecord(z.enum(METRICS), z.number().nullable()).describe('Measured now; null where it cannot be'),
    host: z.object({ platform: z.string(), processors: z.int(), memory_bytes: z.int(), uptime_s: z.int() }),
    history: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).optional(),
    samples: z.int().describe('In the time range; the history shows some of them'),
    truncated: z.boolean()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    { title: 'The disk now', input: { metric_types: ['disk'], include_history: false }, output: { truncated: false } },
    { title: 'All of the last minutes', input: { time_range: '5m' }, output: { truncated: false } }
  ],
  async run({ metric_types, time_range, include_history }, { services: { system }, clock }) {
    const names = METRICS.filter(name => metric_types?.some(kind => KINDS[kind].test(name)) ?? true)
    const samples = await samplesOf(system, time_range, clock.now())
    const step = Math.ceil(samples.length / SHOWN_SAMPLES)
    const shown = samples.filter((_, at) => (samples.length - 1 - at) % step === 0)
    const chosen = (figures: Record<string, number | null>) =>
      Object.fromEntries(names.map(name => [name, figures[name] ?? null]))
    const { platform, processors, memoryBytes, uptimeS } = system.host()
    const latest = samples.at(-1) ?? (await system.sample())
    return {
      metrics: chosen(toFigures(latest)),
      host: { platform, processors, memory_bytes: memoryBytes, uptime_s: uptimeS },
      ...(include_history && {
        history: shown.map(sample => ({ at: new Date(sample.at).toISOString(), ...chosen(toFigures(sample)) }))
      }),
      samples: samples.length,
      truncated: include_history && shown.length < samples.length
    }
  }
})
