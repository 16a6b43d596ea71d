/** Spans that know each other by the asynchronous context in which they run. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../core/clock.ts'
import { toAppError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import type { ServedStart, Span, SpanStart, Trace, Tracer } from '../../core/tracer.ts'
import type { EndedSpan } from '../../protocol/telemetry/otlp.ts'
import { formatTraceparent, parseTraceparent, type SpanContext } from '../../protocol/telemetry/trace-context.ts'
import type { Sample } from './sampling.ts'

const SPAN_ID_DIGITS = 16

export interface TracerOptions {
  sample: Sample
  clock: Clock
  random: Random
  /** Takes each sampled span when it ends. Must neither throw nor wait. */
  onEnd: (span: EndedSpan) => void
}

/** A span that runs. What it began may outlive it, and is then not counted to it any more. */
interface OpenSpan extends Span {
  readonly context: SpanContext
  isOpen: boolean
  end(): void
}

interface Origin {
  context: SpanContext
  parentSpanId?: string | undefined
  links?: readonly SpanContext[]
  /** What is carried on unchanged. */
  carried: Trace
}

export function createTracer({ sample, clock, random, onEnd }: TracerOptions): Tracer {
  const around = new AsyncLocalStorage<OpenSpan | undefined>()
  // The end of a random UUID holds no digit that says its version.
  const newSpanId = () => newTraceId().slice(-SPAN_ID_DIGITS)
  const newTraceId = () => random.uuid().replaceAll('-', '')

  function open({ name, kind, attributes = {} }: SpanStart, { context, parentSpanId, links = [], carried }: Origin) {
    const [startedAt, startedSteady] = [clock.now(), clock.monotonic()]
    const said = { name, attributes: { ...attributes }, error: undefined as string | undefined }
    const span: OpenSpan = {
      context,
      trace: { ...carried, traceparent: formatTraceparent(context) },
      isOpen: true,
      rename(to) {
        said.name = to
      },
      set(more) {
        Object.assign(said.attributes, more)
      },
      fail(code) {
        said.error = code
        said.attributes['error.type'] = code
      },
      end() {
        span.isOpen = false
        if (!context.isSampled) return
        const endedAt = startedAt + clock.monotonic() - startedSteady
        onEnd({ ...context, ...said, kind, parentSpanId, links, startedAt, endedAt, traceState: carried.tracestate })
      }
    }
    return span
  }

  function originOf({ trace = {}, follows }: ServedStart): Origin {
    const parent = parseTraceparent(trace.traceparent)
    const before = parseTraceparent(follows)
    const traceId = parent?.traceId ?? newTraceId()
    const { tracestate, baggage } = trace
    return {
      context: { traceId, spanId: newSpanId(), isSampled: sample(traceId, parent ?? before) },
      parentSpanId: parent?.spanId,
      links: before ? [before] : [],
      carried: {
        ...(parent && tracestate !== undefined && { tracestate }),
        ...(baggage !== undefined && { baggage })
      }
    }
  }

  async function run<T>(span: OpenSpan, work: (span: Span) => Promise<T>): Promise<T> {
    try {
      return await around.run(span, work, span)
    } catch (error) {
      span.fail(toAppError(error).code)
      throw error
    } finally {
      span.end()
    }
  }

  const spanAround = () => {
    const span = around.getStore()
    return span?.isOpen ? span : undefined
  }

  return {
    serve: (start, work) => run(open(start, originOf(start)), work),
    within(start, work) {
      const parent = spanAround()
      if (!parent?.context.isSampled) return work()
      const { traceparent: _own, ...carried } = parent.trace
      const context = { ...parent.context, spanId: newSpanId() }
      return run(open(start, { context, parentSpanId: parent.context.spanId, carried }), work)
    },
    current: () => spanAround()?.trace,
    apart: work => around.run(undefined, work)
  }
}
