/** Which traces are kept, by the names that OpenTelemetry has for the ways to choose. */
import type { SamplerName } from '../../core/tracer.ts'
import type { SpanContext } from '../../protocol/telemetry/trace-context.ts'

export type Sample = (traceId: string, parent: SpanContext | undefined) => boolean

/** So many hexadecimal digits at the end of a trace id are random, whoever made it, and exact as a number. */
const RANDOM_DIGITS = 13

/** @param ratio of the traces that a sampler by ratio keeps, 0 to 1 */
export function createSampling(name: SamplerName, ratio: number): Sample {
  const decide = decisionOf(name, ratio)
  if (!name.startsWith('parentbased_')) return decide
  return (traceId, parent) => parent?.isSampled ?? decide(traceId)
}

function decisionOf(name: SamplerName, ratio: number): (traceId: string) => boolean {
  if (name.endsWith('always_on')) return () => true
  if (name.endsWith('always_off')) return () => false
  // By the id alone, so that every node that keeps as many keeps the same ones.
  return traceId => Number.parseInt(traceId.slice(-RANDOM_DIGITS), 16) >= (1 - ratio) * 16 ** RANDOM_DIGITS
}
