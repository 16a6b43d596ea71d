/**
 * Lets the conformance suite, which speaks HTTP, judge another transport: an HTTP server whose every answer comes over that. A session
 * of HTTP is a wire; each request of the stateless era gets one of its own, since its answer is told by its id.
 */
import { systemClock } from '../../src/core/clock.ts'
import { AppError } from '../../src/core/errors.ts'
import { silentLog } from '../../src/core/log.ts'
import { createHttpServer, type HttpServer } from '../../src/transports/http.ts'
import { isObject, type Request, readMessage } from '../../src/transports/json-rpc.ts'
import type { Answer, Exchange, McpServer } from '../../src/transports/mcp-server.ts'
import type { Session } from '../../src/transports/session.ts'

export interface Wire {
  write(text: string): void
  close(): Promise<void>
}

/** Opens a wire to the server under judgement, which hands over each message that comes back. */
export type OpenWire = (onMessage: (text: string) => void) => Promise<Wire>

interface Pipe {
  ask(request: Request, exchange: Exchange): Promise<Answer>
  close(): Promise<void>
}

export function createBridge(port: number, mcp: McpServer, openWire: OpenWire): HttpServer {
  const pipes = new WeakMap<Session, Promise<Pipe>>()

  async function answer(request: Request, exchange: Exchange): Promise<Answer> {
    const { session } = exchange
    if (!session) {
      const pipe = await openPipe(openWire)
      const text = await pipe.ask(request, exchange)
      await pipe.close()
      return text
    }
    const known = pipes.get(session)
    const opened = known ?? openPipe(openWire)
    if (!known) {
      pipes.set(session, opened)
      session.onClose(() => void opened.then(pipe => pipe.close()))
    }
    const reply = await (await opened).ask(request, exchange)
    const { result } = JSON.parse(reply.text)
    if (request.method === 'initialize' && result) session.open(result.protocolVersion, request.params)
    return reply
  }

  return createHttpServer({
    mcp: { answer, parameterHeaders: mcp.parameterHeaders },
    listen: { port },
    metrics: () => '',
    ready: () => ({ ready: true, reasons: [] }),
    clock: systemClock,
    log: silentLog
  })
}

async function openPipe(openWire: OpenWire): Promise<Pipe> {
  const waiting = new Map<unknown, { exchange: Exchange; resolve: (answer: Answer) => void; isModern: boolean }>()
  const wire = await openWire(onMessage)
  const write = (message: object) => wire.write(JSON.stringify({ jsonrpc: '2.0', ...message }))

  function onMessage(text: string): void {
    const message = readMessage(JSON.parse(text))
    // Only one request is under way when the server has something to say, or it does not matter which one hears it.
    const [last] = [...waiting.values()].slice(-1)
    if (message.kind === 'response') {
      const asked = waiting.get(message.id)
      waiting.delete(message.id)
      asked?.resolve({ text, httpStatus: asked.isModern ? statusOf(message.error) : 200 })
    } else if (message.kind === 'notification') {
      last?.exchange.notify?.(text)
    } else if (message.kind === 'request') {
      void askBack(message, last?.exchange)
    }
  }

  async function askBack({ id, method, params }: Request, exchange: Exchange | undefined): Promise<void> {
    const question = { method: method as 'roots/list', params: params ?? {} }
    try {
      const { session, notify = () => {}, signal } = exchange ?? {}
      write({ id, result: await session?.ask(question, notify, signal) })
    } catch (error) {
      write({ id, error: { code: -32000, message: String(error) } })
    }
  }

  return {
    ask(request, exchange) {
      const { kind: _kind, ...message } = request
      const { promise, resolve } = Promise.withResolvers<Answer>()
      waiting.set(request.id, { exchange, resolve, isModern: isObject(request.params?._meta) && !exchange.session })
      exchange.signal?.addEventListener('abort', () => {
        write({ method: 'notifications/cancelled', params: { requestId: request.id } })
        const reason: unknown = exchange.signal?.reason
        const code = reason instanceof AppError ? reason.code : 'CANCELLED'
        resolve({ text: JSON.stringify({ jsonrpc: '2.0', id: request.id, result: { code } }), httpStatus: 200 })
      })
      write(message)
      return promise
    },
    close: wire.close
  }
}

/** The statuses that the stateless era gives to faults. */
function statusOf(error: unknown): number {
  if (!isObject(error)) return 200
  if (error.code === -32601) return 404
  return error.code === -32602 || error.code === -32021 || error.code === -32022 ? 400 : 200
}
