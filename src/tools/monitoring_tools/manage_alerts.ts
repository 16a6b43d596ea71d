import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { windowMs } from '../../domain/series/summary.ts'
import { alertSchema, figuresSchema, toAlert, toFigures, windowField } from '../system-view.ts'

const SHOWN = 200
const percent = () => z.int().min(0).max(100).optional()

export const manageAlerts = defineTool({
  name: 'manage_alerts',
  title: 'List alerts and set what raises them',
  askedFor: [
    'warn me when memory passes a threshold',
    'acknowledge a warning',
    'which alarms fired',
    'set the limit that triggers an alert'
  ],
  description:
    'Lists alerts on memory, disk, a late event loop and failing calls, newest first; acknowledges one; or sets the thresholds, at once and for later starts (0 for never). An alert resolves by itself when its figure is back. Not for the health of the moment: use health_check.',
  runtime: 'general',
  effect: 'replace',
  capability: { ability: 'system/write', resource: ({ action }) => `alerts:${action}` },
  needs: ['system', 'settings'],
  input: z.strictObject({
    action: z.enum(['list', 'acknowledge', 'configure']),
    severity_filter: z.enum(['warning', 'critical']).optional(),
    resolved_filter: z.boolean().optional().describe('Only those that are resolved, or are not'),
    time_range: windowField('24h'),
    include_metrics: z.boolean().default(true),
    alert_id: z.string().min(1).max(64).optional().describe('Of acknowledge'),
    threshold_config: z
      .strictObject({
        memory_percent: percent(),
        disk_percent: percent(),
        event_loop_ms: z.int().min(0).max(60_000).optional(),
        error_percent: percent()
      })
      .optional()
      .describe('Of configure')
  }),
  output: z.object({
    action: z.string(),
    alerts: z.array(alertSchema),
    total: z.int(),
    truncated: z.boolean(),
    thresholds: z.record(z.string(), z.number()),
    metrics: figuresSchema.optional()
  }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'STORAGE_FAILED', 'STORAGE_FULL'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Warn of a disk that is 80 percent full',
      input: { action: 'configure', threshold_config: { disk_percent: 80 }, include_metrics: false },
      output: { thresholds: { disk_used_percent: 80 } }
    },
    { title: 'An alert that there is not', input: { action: 'acknowledge', alert_id: 'alert-9' }, error: 'NOT_FOUND' }
  ],
  async run({ action, alert_id, threshold_config, ...input }, { services: { system, settings }, clock }) {
    if (action === 'acknowledge') system.acknowledge(alert_id ?? need('alert_id', action))
    if (action === 'configure') {
      const given = Object.entries(threshold_config ?? need('threshold_config', action))
      await settings.apply(Object.fromEntries(given.map(([name, value]) => [`alerts.${name}`, value])))
    }
    const since = clock.now() - windowMs(input.time_range)
    const alerts = system
      .alerts()
      .filter(({ raisedAt }) => raisedAt >= since)
      .filter(({ severity }) => input.severity_filter === undefined || severity === input.severity_filter)
      .filter(
        ({ resolvedAt }) => input.resolved_filter === undefined || (resolvedAt !== undefined) === input.resolved_filter
      )
    return {
      action,
      alerts: alerts.slice(0, SHOWN).map(toAlert),
      total: alerts.length,
      truncated: alerts.length > SHOWN,
      thresholds: system.thresholds(),
      ...(input.include_metrics && { metrics: toFigures(await system.sample()) })
    }
  }
})

function need(name: string, action: string): never {
  const message = `The action ${action} needs ${name}`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `/${name}`, message }] })
}
