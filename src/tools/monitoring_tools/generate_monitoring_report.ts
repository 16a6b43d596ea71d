import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { summarize, windowMs } from '../../domain/series/summary.ts'
import { METRICS } from '../../services/system/api.ts'
import {
  alertSchema,
  COMPONENTS,
  componentSchema,
  judge,
  pointsOf,
  samplesOf,
  toAlert,
  windowField,
  worst
} from '../system-view.ts'

const SHOWN_ALERTS = 50

export const generateMonitoringReport = defineTool({
  name: 'generate_monitoring_report',
  title: 'Write a report of a time',
  askedFor: [
    'write up how the server did this week',
    'a readable summary of performance and incidents',
    'report for the operators'
  ],
  description:
    'Writes a Markdown report of a time as far as the server has watched: health, calls and failures, each metric with average and extremes, alerts, and with detailed every service. Not for single figures: use collect_metrics.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'system/read', resource: () => 'system' },
  needs: ['system'],
  input: z.strictObject({
    report_type: z.enum(['summary', 'detailed']).default('summary'),
    time_period: windowField('24h')
  }),
  output: z.object({
    report: z.string(),
    health: z.enum(['ok', 'warning', 'failed']),
    components: z.array(componentSchema),
    samples: z.int(),
    calls: z.int().describe('In the time'),
    failed_calls: z.int(),
    alerts: z.array(alertSchema)
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Of the last hour', input: { time_period: '1h' }, output: { alerts: [], failed_calls: 0 } },
    { title: 'With every service', input: { report_type: 'detailed' }, output: { failed_calls: 0 } }
  ],
  async run({ report_type, time_period }, { services: { system }, clock }) {
    const now = clock.now()
    const samples = await samplesOf(system, time_period, now)
    const first = samples[0]
    const last = samples.at(-1) ?? (await system.sample())
    const states = system.services()
    const components = COMPONENTS.map(name => judge(name, last, states))
    const alerts = system.alerts().filter(({ raisedAt }) => raisedAt >= now - windowMs(time_period))
    const during = (name: 'calls' | 'failed_calls') =>
      (last[name] ?? 0) - (samples.length > 1 ? (first?.[name] ?? 0) : 0)
    const rows = METRICS.map(metric => {
      const { average, minimum, maximum, latest } = summarize(pointsOf(samples, metric))
      return `| ${[metric, ...[latest, average, minimum, maximum].map(shown)].join(' | ')} |`
    })
    const report = [
      `# Report of the last ${time_period}`,
      `${samples.length} samples since ${new Date(first?.at ?? now).toISOString()}; ${during('calls')} calls, ${during('failed_calls')} of them failed; ${alerts.length} alerts.`,
      ...components.map(({ component, health, detail }) => `- ${component}: ${health} (${detail})`),
      '',
      '| metric | latest | average | least | most |',
      '| --- | --- | --- | --- | --- |',
      ...rows,
      ...(report_type === 'detailed'
        ? [
            '',
            ...states.map(
              ({ name, state, reason }) => `- ${name}: ${state}${reason === undefined ? '' : ` (${reason})`}`
            )
          ]
        : [])
    ].join('\n')
    return {
      report,
      health: worst(components),
      components,
      samples: samples.length,
      calls: during('calls'),
      failed_calls: during('failed_calls'),
      alerts: alerts.slice(0, SHOWN_ALERTS).map(toAlert)
    }
  }
})

const shown = (value: number | null): string => (value === null ? '–' : String(Math.round(value * 100) / 100))
