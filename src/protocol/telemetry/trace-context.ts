/** W3C Trace Context, level 1: who asks, in a line that goes along with a message. */

/** Of `_meta`, and of headers of HTTP. */
export const TRACE_KEYS = ['traceparent', 'tracestate', 'baggage'] as const

/** As long as the specification lets such a text be; the rest is not for a log. */
const MAX_LENGTH = 512

export interface SpanContext {
  /** 32 hexadecimal digits. */
  traceId: string
  /** 16 hexadecimal digits. */
  spanId: string
  isSampled: boolean
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-|$)/
const SAMPLED = 1

/** Undefined for what is malformed: the receiver then begins a trace of its own. Later versions are read as far as they are this one. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags, rest] = TRACEPARENT.exec(text ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  if (rest === '-' && text?.startsWith('00')) return undefined
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED }
}

export function formatTraceparent({ traceId, spanId, isSampled }: SpanContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}

/** The trace context among the members of `_meta` or of the headers of a request. */
export function traceIn(source: Record<string, unknown>): Record<string, string> | undefined {
  let trace: Record<string, string> | undefined
  for (const key of TRACE_KEYS) {
    const value = source[key]
    if (typeof value !== 'string') continue
    trace ??= {}
    trace[key] = value.slice(0, MAX_LENGTH)
  }
  return trace
}

/** What a log line says of a trace: its ids, as tools that bring logs and traces together look for them, and what is no trace context. */
export function traceFields(trace: Record<string, string> | undefined): Record<string, string> {
  if (!trace) return {}
  const { traceparent, tracestate: _state, baggage: _baggage, ...more } = trace
  const context = parseTraceparent(traceparent)
  return context ? { trace_id: context.traceId, span_id: context.spanId, ...more } : more
}
