/** How spans know each other, and which traces are kept. */
import { describe, expect, test } from 'vitest'
import { systemRandom } from '../../../src/core/random.ts'
import { SAMPLERS, type SamplerName } from '../../../src/core/tracer.ts'
import type { EndedSpan } from '../../../src/protocol/telemetry/otlp.ts'
import { createSampling } from '../../../src/services/telemetry/sampling.ts'
import { createTracer } from '../../../src/services/telemetry/tracer.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const traceparent = `00-${TRACE}-${PARENT}-01`

function open(sampler: SamplerName = 'parentbased_always_on', ratio = 1) {
  const ended: EndedSpan[] = []
  const sample = createSampling(sampler, ratio)
  const tracer = createTracer({
    sample,
    clock: createManualClock(),
    random: systemRandom,
    onEnd: span => ended.push(span)
  })
  return { ...tracer, ended, find: (name: string) => ended.find(span => span.name === name) }
}

const serve = (name: string, more: object = {}) => ({ name, kind: 'server' as const, ...more })
const inner = (name: string) => ({ name, kind: 'internal' as const })

test('a call continues the trace of its caller, and what is done for it stands below it', async () => {
  const tracer = open()
  const trace = { traceparent, tracestate: 'v=1', baggage: 'user=7' }
  await tracer.serve(serve('call', { trace }), () =>
    tracer.within(inner('outer'), async () => {
      await tracer.within(inner('first'), async () => {})
      await tracer.within(inner('second'), async () => {
        expect(tracer.current()).toMatchObject({ tracestate: 'v=1', baggage: 'user=7' })
      })
    })
  )
  const [call, outer] = [tracer.find('call'), tracer.find('outer')]
  expect(call).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: 'v=1' })
  expect(outer).toMatchObject({ traceId: TRACE, parentSpanId: call?.spanId })
  for (const name of ['first', 'second']) expect(tracer.find(name)).toMatchObject({ parentSpanId: outer?.spanId })
  expect(new Set(tracer.ended.map(({ spanId }) => spanId)).size).toBe(4)
})

test.each(['', 'nonsense', `00-${'0'.repeat(32)}-${PARENT}-01`, `ff-${TRACE}-${PARENT}-01`, `${traceparent}-more`])(
  'a malformed trace context (%s) begins a new trace',
  async malformed => {
    const tracer = open()
    await tracer.serve(serve('call', { trace: { traceparent: malformed, tracestate: 'v=1' } }), async () => {})
    expect(tracer.ended[0]?.traceId).toMatch(/^[0-9a-f]{32}$/)
    expect(tracer.ended[0]).toMatchObject({ parentSpanId: undefined, traceState: undefined })
    expect(tracer.ended[0]?.traceId).not.toBe(TRACE)
  }
)

test('two calls at once do not get into each other', async () => {
  const tracer = open()
  const call = (name: string) =>
    tracer.serve(serve(name), async () => {
      await new Promise(resolve => setImmediate(resolve))
      await tracer.within(inner(`below ${name}`), async () => {})
    })
  await Promise.all([call('a'), call('b')])
  for (const name of ['a', 'b'])
    expect(tracer.find(`below ${name}`)).toMatchObject({ parentSpanId: tracer.find(name)?.spanId })
})

test('what outlives the call that began it, or was begun apart, is not counted to that call', async () => {
  const tracer = open()
  let late = Promise.resolve()
  let apart = Promise.resolve()
  await tracer.serve(serve('call'), async () => {
    late = new Promise(resolve => setTimeout(resolve, 5)).then(() => tracer.within(inner('late'), async () => {}))
    apart = tracer.apart(() => tracer.within(inner('apart'), async () => {}))
  })
  await Promise.all([late, apart])
  expect(tracer.ended.map(({ name }) => name)).toEqual(['call'])
})

test('a queued call begins a trace of its own that is linked to who submitted it', async () => {
  const tracer = open()
  await tracer.serve(serve('run', { follows: traceparent }), async () => {})
  expect(tracer.ended[0]).toMatchObject({ links: [{ traceId: TRACE, spanId: PARENT }], parentSpanId: undefined })
  expect(tracer.ended[0]?.traceId).not.toBe(TRACE)
})

describe('sampling', () => {
  /** Whether a call leaves a span, which is also what those who are asked for it are told. */
  const kept = async (sampler: SamplerName, trace?: object) => {
    const tracer = open(sampler)
    const told = await tracer.serve(serve('call', { trace }), async span => span.trace.traceparent)
    expect(told?.endsWith('-01')).toBe(tracer.ended.length > 0)
    return tracer.ended.length > 0
  }

  test('follows the caller where it is asked to, and decides by itself where not', async () => {
    const unsampled = { traceparent: `00-${TRACE}-${PARENT}-00` }
    expect(await kept('parentbased_always_on', unsampled)).toBe(false)
    expect(await kept('always_on', unsampled)).toBe(true)
    expect(await kept('parentbased_always_off', { traceparent })).toBe(true)
    expect(await kept('always_off', { traceparent })).toBe(false)
    expect(await kept('parentbased_always_off')).toBe(false)
  })

  test('by ratio keeps about that share, and every node the same traces', () => {
    const ids = Array.from({ length: 4000 }, () => systemRandom.uuid().replaceAll('-', ''))
    const [one, other] = [createSampling('traceidratio', 0.25), createSampling('parentbased_traceidratio', 0.25)]
    const share = ids.filter(id => one(id, undefined)).length / ids.length
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.3)
    for (const id of ids) expect(other(id, undefined)).toBe(one(id, undefined))
  })

  test.each(SAMPLERS)('%s is a way to choose', sampler => {
    expect(typeof createSampling(sampler, 0)('0'.repeat(32), undefined)).toBe('boolean')
    expect(createSampling('traceidratio', 1)('0'.repeat(32), undefined)).toBe(true)
    expect(createSampling('traceidratio', 0)('f'.repeat(32), undefined)).toBe(false)
  })
})
