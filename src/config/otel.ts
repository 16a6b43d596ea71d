/** What the variables that OpenTelemetry has for every program mean here. */
import type { Meaning } from './python.ts'

const toSeconds = (value: unknown) => {
  const ms = Number(value)
  return Number.isFinite(ms) ? Math.max(1, Math.round(ms / 1000)) : value
}
/** Names of exporters; this program has one way to export. */
const toWanted = (value: unknown) =>
  String(value)
    .split(',')
    .map(name => name.trim())
    .includes('otlp')
const withoutSlash = (value: unknown) => String(value).trim().replace(/\/+$/, '')

export const OTEL_VARIABLES: Record<string, Meaning> = {
  OTEL_SDK_DISABLED: { key: 'telemetry.disabled' },
  OTEL_EXPORTER_OTLP_ENDPOINT: { key: 'telemetry.endpoint', convert: withoutSlash },
  OTEL_TRACES_EXPORTER: { key: 'telemetry.traces', convert: toWanted },
  OTEL_METRICS_EXPORTER: { key: 'telemetry.metrics', convert: toWanted },
  OTEL_METRIC_EXPORT_INTERVAL: { key: 'telemetry.interval_s', convert: toSeconds },
  OTEL_SERVICE_NAME: { key: 'telemetry.service_name' },
  OTEL_RESOURCE_ATTRIBUTES: { key: 'telemetry.resource' },
  OTEL_TRACES_SAMPLER: { key: 'telemetry.sampler' },
  OTEL_TRACES_SAMPLER_ARG: { key: 'telemetry.sampler_arg' }
}
