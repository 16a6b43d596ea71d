/** A collector on loopback: it takes OTLP over HTTP as JSON, keeps what came, and fails as a test wants it to. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface ReceivedSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: Record<string, unknown>
  links: { traceId: string; spanId: string }[]
  status: { code?: number; message?: string }
  resource: Record<string, unknown>
}

export interface ReceivedMetric {
  name: string
  unit: string
  type: 'gauge' | 'sum' | 'histogram'
  points: Record<string, unknown>[]
}

export interface Receiver extends AsyncDisposable {
  endpoint: string
  spans: ReceivedSpan[]
  /** By name, as they came last. */
  metrics: Map<string, ReceivedMetric>
  requests: { path: string; headers: IncomingHttpHeaders; body: unknown }[]
  /** Answers instead, from now on; undefined takes everything again. */
  answer: ((response: ServerResponse) => void) | undefined
  /** Waits for as many spans of this name. */
  waitFor(name: string, count?: number): Promise<ReceivedSpan[]>
}

export async function openReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    void json(request).then(body => {
      receiver.requests.push({ path: request.url ?? '', headers: request.headers, body })
      if (receiver.answer) return receiver.answer(response)
      if (request.url === '/v1/traces') receiver.spans.push(...spansOf(body))
      else for (const metric of metricsOf(body)) receiver.metrics.set(metric.name, metric)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It listens on a port.
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    endpoint: `http://127.0.0.1:${port}`,
    spans: [],
    metrics: new Map(),
    requests: [],
    answer: undefined,
    async waitFor(name, count = 1) {
      for (;;) {
        const found = receiver.spans.filter(span => span.name === name)
        if (found.length >= count) return found
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    }
  }
  return receiver
}

function spansOf(body: unknown): ReceivedSpan[] {
  return list(body, 'resourceSpans').flatMap(one =>
    list(one, 'scopeSpans')
      .flatMap(scope => list(scope, 'spans'))
      .map(span => ({
        links: [],
        ...span,
        resource: attributesOf(list(Object(one.resource), 'attributes')),
        attributes: attributesOf(list(span, 'attributes'))
      }))
  ) as unknown as ReceivedSpan[]
}

function metricsOf(body: unknown): ReceivedMetric[] {
  const metrics = list(body, 'resourceMetrics').flatMap(one =>
    list(one, 'scopeMetrics').flatMap(scope => list(scope, 'metrics'))
  )
  return metrics.map(metric => {
    const type = (['gauge', 'sum', 'histogram'] as const).find(name => name in metric) ?? 'gauge'
    const points = list(metric[type], 'dataPoints').map(point => ({
      ...point,
      attributes: attributesOf(list(point, 'attributes'))
    }))
    return { name: String(metric.name), unit: String(metric.unit), type, points }
  })
}

function attributesOf(pairs: Record<string, unknown>[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(({ key, value }) => {
      const { intValue, ...others } = Object(value)
      return [key, intValue === undefined ? Object.values(others)[0] : Number(intValue)]
    })
  )
}

function list(value: unknown, name: string): Record<string, unknown>[] {
  const found: unknown = Object(value)[name]
  return Array.isArray(found) ? found : []
}
