/** A started HTTP server with the counterpart behind it, and requests as no library would send them. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createHttpServer, type HttpOptions } from '../../src/transports/http.ts'
import { createCounterpart } from './counterpart.ts'

export interface Received {
  status: number
  headers: IncomingHttpHeaders
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of many shapes
  json: any
}

export interface Sent {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
  body?: unknown
}

export async function startHttp(options: Partial<HttpOptions> = {}) {
  const counterpart = createCounterpart()
  const server = createHttpServer({
    mcp: counterpart.mcp,
    listen: { port: 0 },
    metrics: () => '# TYPE calls_total counter\ncalls_total 3\n',
    ready: () => ({ ready: true, reasons: [] }),
    clock: systemClock,
    log: silentLog,
    ...options
  })
  await server.start()
  const url = server.url ?? ''
  const isSocket = url.startsWith('unix:')
  const port = isSocket ? 0 : Number(new URL(url).port)
  const target = isSocket ? { socketPath: url.slice('unix:'.length) } : { host: '127.0.0.1', port }

  function send({ method = 'POST', path = '/mcp', headers = {}, body }: Sent): Promise<Received> {
    return new Promise((resolve, reject) => {
      const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
      const outgoing = httpRequest({ ...target, method, path, headers: all }, response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => {
          const isJson = text !== '' && response.headers['content-type'] === 'application/json'
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined
          })
        })
        response.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end(
        typeof body === 'string' || Buffer.isBuffer(body) || body === undefined ? body : JSON.stringify(body)
      )
    })
  }

  /** A socket for bytes written by hand. */
  function open(): Socket {
    return connect(isSocket ? { path: target.socketPath ?? '' } : { host: '127.0.0.1', port })
  }

  return { ...counterpart, server, url, port, send, open, [Symbol.asyncDispose]: () => server.stop() }
}
