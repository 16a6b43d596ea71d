/** What reaches the collector, and what a collector that fails costs. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import { createMetrics } from '../../../src/core/metrics.ts'
import type { Tracer } from '../../../src/core/tracer.ts'
import { BATCH_SPANS, MAX_WAITING } from '../../../src/services/telemetry/span-batches.ts'
import { openReceiver } from '../../helpers/otlp-receiver.ts'
import { open } from './open-telemetry.ts'

const start = (name: string) => ({ name, kind: 'server' as const })
const nothing = async () => {}
const turn = () => new Promise(resolve => setTimeout(resolve, 5))

async function spans(tracer: Tracer, count: number, name = 'one'): Promise<void> {
  for (let made = 0; made < count; made++) await tracer.serve(start(name), nothing)
}

test('a span arrives with its ids, times, kind, attributes, error and who sent it', async () => {
  await using receiver = await openReceiver()
  const headers = { authorization: 'Bearer x' }
  const resource = { 'service.name': 'east' }
  const { tracer, stop } = open(receiver.endpoint, { headers, resource })
  const failing = tracer.serve({ ...start('work'), attributes: { kept: true, size: 3, share: 0.5 } }, async span => {
    span.rename('work well')
    throw new AppError('NOT_FOUND', 'secret')
  })
  await expect(failing).rejects.toThrow()
  await stop()
  expect(receiver.spans).toMatchObject([
    {
      name: 'work well',
      kind: 2,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      attributes: { kept: true, size: 3, share: 0.5, 'error.type': 'NOT_FOUND' },
      status: { code: 2, message: 'NOT_FOUND' },
      resource: { 'service.name': 'east', 'service.version': '1.2.3' }
    }
  ])
  const [span] = receiver.spans
  expect(span?.parentSpanId).toBeUndefined()
  expect(BigInt(span?.endTimeUnixNano ?? 0)).toBeGreaterThanOrEqual(BigInt(span?.startTimeUnixNano ?? 0))
  expect(span?.startTimeUnixNano).toMatch(/^\d{19}$/)
  expect(receiver.requests[0]?.headers).toMatchObject({ authorization: 'Bearer x', 'content-type': 'application/json' })
  expect(JSON.stringify(receiver.requests)).not.toContain('secret')
})

test('metrics arrive with their units, types and points, in turns and once more at the end', async () => {
  await using receiver = await openReceiver()
  const metrics = createMetrics()
  metrics.counter({ name: 'a.count', unit: '{call}', help: 'A' }, { tool: 'x' }).add(2)
  metrics.gauge({ name: 'a.size', unit: 'By', help: 'B' }, () => 1.5)
  metrics.gauge({ name: 'a.unknown', unit: 'By', help: 'C' }, () => undefined)
  const time = metrics.histogram({ name: 'a.time', unit: 's', help: 'D' }, [1, 5])
  for (const value of [0.5, 3, 9, 9]) time.observe(value)
  const { exportMetrics, stop } = open(receiver.endpoint, { intervalMs: 5 })
  exportMetrics(metrics)
  while (receiver.requests.length < 2) await turn()
  time.observe(1)
  await stop()
  expect([...receiver.metrics.keys()]).toEqual(['a.count', 'a.size', 'a.time'])
  expect(receiver.metrics.get('a.count')).toMatchObject({
    type: 'sum',
    points: [{ attributes: { tool: 'x' }, asDouble: 2 }]
  })
  expect(receiver.metrics.get('a.size')).toMatchObject({ type: 'gauge', unit: 'By', points: [{ asDouble: 1.5 }] })
  expect(receiver.metrics.get('a.time')?.points).toMatchObject([
    { count: '5', sum: 22.5, bucketCounts: ['2', '1', '2'], explicitBounds: [1, 5] }
  ])
  const told = receiver.requests.length
  await new Promise(resolve => setTimeout(resolve, 30))
  expect(receiver.requests).toHaveLength(told)
})

test('what a collector cannot take now is sent again when it says so, and the log tells of it once', async () => {
  await using receiver = await openReceiver()
  const { tracer, stop, lines } = open(receiver.endpoint)
  receiver.answer = response => response.writeHead(503, { 'retry-after': '0.05' }).end()
  await spans(tracer, 3)
  while (receiver.requests.length < 3) await turn()
  expect(receiver.spans).toEqual([])
  receiver.answer = undefined
  await receiver.waitFor('one', 3)
  await stop()
  expect(receiver.spans).toHaveLength(3)
  expect(lines).toMatchObject([
    { level: 'warn', reason: 'HTTP status 503' },
    { level: 'info', dropped_spans: 0 }
  ])
})

test('what a collector refuses for good is dropped, and later spans still arrive', async () => {
  await using receiver = await openReceiver()
  const { tracer, stop, lines } = open(receiver.endpoint)
  receiver.answer = response => response.writeHead(400).end('no')
  await spans(tracer, 2, 'refused')
  while (receiver.requests.length < 1) await turn()
  receiver.answer = undefined
  await spans(tracer, 1, 'later')
  await receiver.waitFor('later')
  await stop()
  expect(receiver.spans.map(({ name }) => name)).toEqual(['later'])
  expect(lines).toMatchObject([{ level: 'warn' }, { level: 'info', dropped_spans: 2 }])
})

test('a collector that is not there costs no call, a bounded memory and one line', async () => {
  const { tracer, stop, lines } = open('http://127.0.0.1:1')
  await spans(tracer, MAX_WAITING + 2 * BATCH_SPANS)
  expect(await tracer.serve(start('call'), async () => 'answered')).toBe('answered')
  await stop()
  expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('while nothing is taken no more spans are kept than the bound, and the rest is counted', async () => {
  await using receiver = await openReceiver()
  const { tracer, stop, lines } = open(receiver.endpoint)
  receiver.answer = response => response.writeHead(503).end()
  await spans(tracer, 1)
  while (receiver.requests.length < 1) await turn()
  await turn()
  await spans(tracer, MAX_WAITING + 9)
  receiver.answer = undefined
  await stop()
  expect(receiver.spans).toHaveLength(MAX_WAITING)
  expect(lines.at(-1)).toMatchObject({ level: 'info', dropped_spans: 10 })
})

test('a collector that takes a connection and never answers does not keep the end waiting', async () => {
  const mute = createServer(() => {}).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  const { port } = Object(mute.address())
  const { tracer, stop, lines, exportMetrics } = open(`http://127.0.0.1:${port}`)
  exportMetrics(createMetrics())
  await spans(tracer, 1)
  await stop()
  expect(lines).toMatchObject([{ level: 'warn', reason: 'no answer in time' }])
  mute.close()
})
