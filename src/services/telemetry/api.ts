/**
 * Telemetry: spans and metrics on their way to a collector by OTLP over HTTP, as JSON.
 *
 * Guarantees (held by `test/services/telemetry/`):
 * - Nothing waits for the collector. One that is down, slow or refuses costs spans and one line of the log, and never a call: what waits is
 *   bounded, what comes beyond is dropped and counted, and the count is told when the collector is back.
 * - A batch that the collector may take later (no connection, 429, 502, 503, 504) is sent again, after longer and longer times or when the
 *   collector says; any other refusal drops it.
 * - `stop` sends what is left and returns within FLUSH_LIMIT_MS, whatever the collector does.
 * - What is sent names tools, services, their methods and codes of errors; never arguments, paths, addresses or tokens.
 */
import type { Metrics } from '../../core/metrics.ts'
import type { SamplerName, Tracer } from '../../core/tracer.ts'

export const FLUSH_LIMIT_MS = 2000

export interface Telemetry extends AsyncDisposable {
  /** Undefined where spans are not wanted. */
  readonly tracer: Tracer | undefined
  /** Sends these from now on, in turns; once. */
  exportMetrics(metrics: Pick<Metrics, 'read'>): void
  /** Sends what is left. */
  stop(): Promise<void>
}

export interface TelemetrySettings {
  /** `/v1/traces` and `/v1/metrics` are below it. */
  endpoint: string
  headers: Record<string, string>
  traces: boolean
  metrics: boolean
  sampler: SamplerName
  /** Of traces that a sampler by ratio keeps. */
  ratio: number
  /** Between two readings of the metrics. */
  intervalMs: number
  /** Of a batch of spans, at the latest. */
  batchMs?: number
  /** Who reports: `service.name` and the like. */
  resource: Record<string, string>
  version: string
}
