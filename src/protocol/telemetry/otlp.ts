/**
 * The messages of OTLP 1.x in their JSON form (opentelemetry-proto, `docs/specification.md`): ids are hexadecimal, 64-bit integers and
 * times in nanoseconds are decimal strings, enumerations are their numbers.
 */
import type { MetricFamily, MetricPoint } from '../../core/metrics.ts'
import type { SpanAttributes, SpanKind } from '../../core/tracer.ts'
import type { SpanContext } from './trace-context.ts'

/** What was done. Times are milliseconds since 1970, with fractions. */
export interface EndedSpan extends SpanContext {
  name: string
  kind: SpanKind
  parentSpanId?: string | undefined
  traceState?: string | undefined
  startedAt: number
  endedAt: number
  attributes: SpanAttributes
  links: readonly SpanContext[]
  /** The code of the error that it ended with. */
  error?: string | undefined
}

/** Who reports. */
export interface Source {
  resource: SpanAttributes
  scope: { name: string; version: string }
}

const KINDS: Record<SpanKind, number> = { internal: 1, server: 2, client: 3, consumer: 5 }
const STATUS_ERROR = 2
const CUMULATIVE = 2

export function tracesRequest({ resource, scope }: Source, spans: readonly EndedSpan[]): object {
  const scopeSpans = [{ scope, spans: spans.map(spanOf) }]
  return { resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans }] }
}

/** @param startedAt since when is counted */
export function metricsRequest(
  { resource, scope }: Source,
  families: readonly MetricFamily[],
  startedAt: number,
  now: number
): object {
  const times = { startTimeUnixNano: nanoseconds(startedAt), timeUnixNano: nanoseconds(now) }
  const metrics = families.filter(({ points }) => points.length > 0).map(family => metricOf(family, times))
  return { resourceMetrics: [{ resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ scope, metrics }] }] }
}

function spanOf(span: EndedSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== undefined && { parentSpanId: span.parentSpanId }),
    ...(span.traceState !== undefined && { traceState: span.traceState }),
    flags: span.isSampled ? 1 : 0,
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanoseconds(span.startedAt),
    endTimeUnixNano: nanoseconds(span.endedAt),
    attributes: attributesOf(span.attributes),
    ...(span.links.length > 0 && { links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })) }),
    status: span.error === undefined ? {} : { code: STATUS_ERROR, message: span.error }
  }
}

function metricOf({ name, unit, help, type, points }: MetricFamily, times: object): object {
  const dataPoints = points.map(point => dataPointOf(point, times))
  const data = {
    gauge: { gauge: { dataPoints } },
    counter: { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } },
    histogram: { histogram: { aggregationTemporality: CUMULATIVE, dataPoints } }
  }
  return { name, unit, description: help, ...data[type] }
}

function dataPointOf(point: MetricPoint, times: object): object {
  const attributes = attributesOf(point.labels)
  if ('value' in point) return { attributes, ...times, asDouble: point.value }
  const { bounds, counts, sum } = point.distribution
  const count = counts.reduce((all, one) => all + one, 0)
  return {
    attributes,
    ...times,
    count: String(count),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: bounds
  }
}

function attributesOf(attributes: SpanAttributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: string | number | boolean): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
}

/** Milliseconds and nanoseconds apart, since a double does not hold the nanoseconds of today. */
function nanoseconds(ms: number): string {
  const whole = Math.floor(ms)
  return `${whole}${String(Math.floor((ms - whole) * 1e6)).padStart(6, '0')}`
}
