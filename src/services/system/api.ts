/**
 * The host, the process and the services of this node: measured, watched, started and stopped.
 *
 * Guarantees:
 * - Every figure was measured here; what cannot be measured is null. History holds what was sampled since the service started.
 * - Alerts are raised by samples beyond their thresholds and resolved by the first sample within; the last MAX_ALERTS are kept until the process ends.
 * - A service is stopped only with all that stands on it, and not while calls use it, unless that is forced.
 *
 * Sizes are bytes, times milliseconds since 1970, shares percent.
 */
import type { Startable } from '../../core/startable.ts'
import type { ServiceName } from '../../core/tool.ts'

declare module '../../core/tool.ts' {
  interface Services {
    system: System
  }
}

export const SAMPLE_INTERVAL_MS = 10_000
/** A day of them. */
export const MAX_SAMPLES = 8640
export const MAX_ALERTS = 500

export const METRICS = [
  'process_cpu_percent',
  'process_memory_bytes',
  'heap_used_bytes',
  'event_loop_delay_ms',
  'host_load',
  'host_memory_percent',
  'disk_used_percent',
  'disk_free_bytes',
  'calls',
  'failed_calls',
  'cache_entries',
  'cache_bytes',
  'cache_hits',
  'cache_misses'
] as const
export type Metric = (typeof METRICS)[number]

export type Sample = { at: number } & { readonly [M in Metric]: number | null }

export const ALERT_METRICS = [
  'host_memory_percent',
  'disk_used_percent',
  'event_loop_delay_ms',
  'error_percent'
] as const
export type AlertMetric = (typeof ALERT_METRICS)[number]

export interface Alert {
  id: string
  metric: AlertMetric
  severity: 'warning' | 'critical'
  threshold: number
  value: number
  raisedAt: number
  resolvedAt: number | undefined
  acknowledgedAt: number | undefined
}

export interface ServiceState {
  name: ServiceName
  /** `idle` until a call needs it. */
  state: 'running' | 'idle' | 'unavailable' | 'failed'
  /** Why it is unavailable or failed. */
  reason: string | undefined
  needs: readonly ServiceName[]
  canStop: boolean
}

export interface Probe {
  name: ServiceName
  ok: boolean
  /** Milliseconds that its small piece of work took. */
  tookMs: number
  error: string | undefined
}

export interface HostInfo {
  platform: string
  release: string
  architecture: string
  processors: number
  memoryBytes: number
  uptimeS: number
}

export interface ProcessInfo {
  pid: number
  version: string
  nodeVersion: string
  startedAt: number
  dataDirectory: string
}

export interface System extends Startable {
  host(): HostInfo
  process(): ProcessInfo
  /** Measured now. */
  sample(): Promise<Sample>
  /** Oldest first. */
  history(sinceMs: number): readonly Sample[]
  /** The metrics of calls and lanes in Prometheus's text form. */
  exposition(): Promise<string>
  services(): ServiceState[]
  /** Starts the service and lets it do a small piece of work. */
  probe(name: ServiceName, signal?: AbortSignal): Promise<Probe>
  /** Names of the services, for those who look for one. */
  serviceNames(): ServiceName[]
  startService(name: ServiceName): Promise<void>
  /** Answers what stopped, those that stand on it first. BUSY while calls use one of them; UNSUPPORTED if one may not be stopped. */
  stopService(name: ServiceName, options?: { force?: boolean }): Promise<ServiceName[]>
  /** Newest first. */
  alerts(): readonly Alert[]
  /** NOT_FOUND if there is none. */
  acknowledge(alertId: string): Alert
  thresholds(): Record<AlertMetric, number>
}
