/**
 * Spans: what was done for a call, when, and on whose behalf. A part that is handed no tracer makes none, and pays nothing for it. Spans
 * say what kind of thing was done and how it ended; never arguments, paths or secrets.
 */

/** W3C trace context and baggage as a message carries them (`traceparent`, `tracestate`, `baggage`), and what else a log line should say. */
export type Trace = Record<string, string>

/** Whose doing it is: `server` for what somebody asked of us, `client` for what we ask of others, `consumer` for what was queued before. */
export type SpanKind = 'internal' | 'server' | 'client' | 'consumer'

export type SpanAttributes = Record<string, string | number | boolean>

export interface SpanStart {
  name: string
  kind: SpanKind
  attributes?: SpanAttributes
}

export interface ServedStart extends SpanStart {
  /** Of who asks. Without it, or if it is malformed, a trace begins here. */
  trace?: Trace | undefined
  /** The `traceparent` of a span that asked for this earlier and does not wait: linked, and no parent. */
  follows?: string | undefined
}

export interface Span {
  /** What goes along with a question that is asked on behalf of this span. */
  readonly trace: Trace
  rename(name: string): void
  set(attributes: SpanAttributes): void
  /** It ends as an error of this kind. */
  fail(code: string): void
}

export interface Tracer {
  /** Runs the work in a span of what somebody asks. A throw fails the span. */
  serve<T>(start: ServedStart, work: (span: Span) => Promise<T>): Promise<T>
  /** Runs the work in a span below the one around it; where there is none, it just runs. */
  within<T>(start: SpanStart, work: () => Promise<T>): Promise<T>
  /** What goes along with a question that is asked from here. Undefined outside of spans. */
  current(): Trace | undefined
  /** Runs the work outside of all spans: for what outlives the call that happened to begin it. */
  apart<T>(work: () => T): T
}

/** The ways to choose which traces are kept, as OpenTelemetry names them. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio'
] as const
export type SamplerName = (typeof SAMPLERS)[number]
