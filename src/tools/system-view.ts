/** The host, the process, the services and alerts as callers see them: one form in every tool that shows one. */
import { z } from 'zod'
import { WINDOW, windowMs } from '../domain/series/summary.ts'
import {
  type Alert,
  METRICS,
  type Metric,
  type Sample,
  type ServiceState,
  type System
} from '../services/system/api.ts'

const MIB = 1024 * 1024
const FULL_PERCENT = 97
const HIGH_PERCENT = 90
const LATE_MS = 500

export const windowField = (fallback: string) =>
  z.string().max(6).regex(WINDOW, 'Write a number and s, m, h or d, such as 15m').default(fallback)

export const serviceNameField = () => z.string().min(1).max(64)

export const figuresSchema = z
  .record(z.enum(METRICS), z.number().nullable())
  .describe('Measured now; null where it cannot be. Calls and cache figures since the start')

export function toFigures(sample: Sample): Record<Metric, number | null> {
  const { at: _at, ...figures } = sample
  return figures
}

export const serviceSchema = z.object({
  name: z.string(),
  state: z.enum(['running', 'idle', 'unavailable', 'failed']).describe('idle until a call needs it'),
  reason: z.string().nullable()
})
export const toService = ({ name, state, reason }: ServiceState) => ({ name, state, reason: reason ?? null })

export const componentSchema = z.object({
  component: z.string(),
  health: z.enum(['ok', 'warning', 'failed']),
  detail: z.string(),
  advice: z.string().nullable()
})
export type Component = z.output<typeof componentSchema>
export const COMPONENTS = ['process', 'memory', 'disk', 'services'] as const
export type ComponentName = (typeof COMPONENTS)[number]

export const worst = (components: readonly Component[]): Component['health'] =>
  components.some(one => one.health === 'failed')
    ? 'failed'
    : components.some(one => one.health === 'warning')
      ? 'warning'
      : 'ok'

/** What the figures and states say of a component. */
export function judge(name: ComponentName, sample: Sample, services: readonly ServiceState[]): Component {
  switch (name) {
    case 'process': {
      const late = sample.event_loop_delay_ms ?? 0
      const memory = Math.round((sample.process_memory_bytes ?? 0) / MIB)
      const detail = `${memory} MiB of memory; late by ${late} ms`
      return component(
        name,
        late > LATE_MS ? 'warning' : 'ok',
        detail,
        'Run fewer calls at once: limits.general_concurrency'
      )
    }
    case 'memory':
      return share(
        name,
        sample.host_memory_percent,
        'of the memory is in use',
        'Set duckdb.memory_limit, or end other programs'
      )
    case 'disk':
      return share(
        name,
        sample.disk_used_percent,
        'of the disk is in use',
        'Free space: cleanup_resources, or ipfs_gc after ipfs_unpin'
      )
    case 'services': {
      const failed = services.filter(({ state }) => state === 'failed')
      const running = services.filter(({ state }) => state === 'running').length
      const reasons = failed.map(({ name, reason }) => `${name}: ${reason}`).join('; ')
      const detail =
        failed.length > 0 ? reasons : `${running} of ${services.length} run, the others when a call needs them`
      return component(
        name,
        failed.length > 0 ? 'failed' : 'ok',
        detail.slice(0, 2000),
        'See the reason, then manage_service'
      )
    }
  }
}

function share(name: string, percent: number | null, what: string, advice: string): Component {
  if (percent === null)
    return component(name, 'warning', 'It cannot be measured', 'Look at it with the tools of the system')
  const health = percent >= FULL_PERCENT ? 'failed' : percent >= HIGH_PERCENT ? 'warning' : 'ok'
  return component(name, health, `${percent} % ${what}`, advice)
}

const component = (name: string, health: Component['health'], detail: string, advice: string): Component => ({
  component: name,
  health,
  detail,
  advice: health === 'ok' ? null : advice
})

export const alertSchema = z.object({
  alert_id: z.string(),
  metric: z.string(),
  severity: z.enum(['warning', 'critical']),
  threshold: z.number(),
  value: z.number(),
  raised_at: z.string(),
  resolved_at: z.string().nullable(),
  acknowledged_at: z.string().nullable()
})
const isoTime = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())
export const toAlert = (alert: Alert): z.output<typeof alertSchema> => ({
  alert_id: alert.id,
  metric: alert.metric,
  severity: alert.severity,
  threshold: alert.threshold,
  value: alert.value,
  raised_at: new Date(alert.raisedAt).toISOString(),
  resolved_at: isoTime(alert.resolvedAt),
  acknowledged_at: isoTime(alert.acknowledgedAt)
})

/** Samples of a time such as 15m, up to now. */
export async function samplesOf(system: System, window: string, now: number): Promise<Sample[]> {
  return [...system.history(now - windowMs(window)), await system.sample()]
}

export const pointsOf = (samples: readonly Sample[], metric: Metric) =>
  samples.flatMap(sample => {
    const value = sample[metric]
    return value === null ? [] : [{ at: sample.at, value }]
  })
