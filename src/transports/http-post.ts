/**
 * POST /mcp: one message, or an array where its version allows one, and its answer. A request stands alone unless it names a session;
 * a client that closes the connection before the answer has cancelled the call.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../core/errors.ts'
import type { Evidence } from '../core/principal.ts'
import type { Trace } from '../core/tracer.ts'
import { traceIn } from '../protocol/telemetry/trace-context.ts'
import { answerBatch } from './batch.ts'
import { claimedVersion } from './eras.ts'
import type { Refusal } from './http-access.ts'
import { createBodyReader, isJson } from './http-body.ts'
import { headerFault, mayBatch } from './http-headers.ts'
import { createReply, refuse, sendJson } from './http-reply.ts'
import { type HttpSessions, UNKNOWN_SESSION } from './http-sessions.ts'
import { faultText, INVALID_REQUEST, isObject, parseJson, type Request, readMessage } from './json-rpc.ts'
import type { Exchange, McpServer } from './mcp-server.ts'
import type { Session } from './session.ts'

/** How many of the largest bodies may be on their way at once; of small ones there may be many more. */
const BODIES_ON_THEIR_WAY = 16

export interface PostOptions {
  mcp: McpServer
  sessions: HttpSessions
  maxBodyBytes: number
  maxConcurrent: number
}

export interface PostHandler {
  /** Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse, evidence: Evidence): Promise<void>
  /** Refuses what comes from now on and resolves when every request under way was answered. */
  drain(): Promise<void>
  /** Aborts the calls under way; they are still answered. */
  abort(reason: unknown): void
}

export function createPostHandler({ mcp, sessions, maxBodyBytes, maxConcurrent }: PostOptions): PostHandler {
  const bodies = createBodyReader({ maxBytes: maxBodyBytes, maxTotalBytes: BODIES_ON_THEIR_WAY * maxBodyBytes })
  const running = new Set<AbortController>()
  /** Streams of news run as long as their clients like, so they count apart and end when the server does. */
  const listening = new Set<AbortController>()
  let drained: PromiseWithResolvers<void> | undefined

  /** One controller for the request, given back when its response is over, whichever side ended it. */
  function admit(response: ServerResponse): AbortController {
    const controller = new AbortController()
    running.add(controller)
    response.on('close', () => {
      running.delete(controller)
      listening.delete(controller)
      if (!response.writableFinished) controller.abort(new AppError('CANCELLED', 'The client closed the connection'))
      if (running.size === 0) drained?.resolve()
    })
    return controller
  }

  function listenOn(controller: AbortController): boolean {
    if (listening.size >= maxConcurrent) return false
    running.delete(controller)
    listening.add(controller)
    if (drained) controller.abort(STOPPING)
    if (running.size === 0) drained?.resolve()
    return true
  }

  async function answerRequest(http: IncomingMessage, response: ServerResponse, request: Request, caller: Caller) {
    const { id, method } = request
    const fault = headerFault(request, http.headers, mcp.parameterHeaders)
    if (fault) return sendJson(response, 400, faultText(id, fault))
    if (method === 'subscriptions/listen' && !listenOn(caller.controller)) return refuse(response, busy(maxConcurrent))
    const { controller, session } = caller
    // The id would make the client take this refusal for the answer to its first request, so it is not echoed.
    if (session?.inFlight.has(id)) return refuse(response, { status: 400, message: 'This id is still in flight' })
    session?.inFlight.set(id, controller)
    const reply = createReply(http, response)
    const exchange = exchangeOf(caller)
    if (reply.notify) exchange.notify = reply.notify
    const answer = await mcp.answer(request, exchange)
    session?.inFlight.delete(id)
    reply.answer(answer.httpStatus, answer.text)
  }

  /** `initialize` opens a session; its id goes out with the answer. */
  async function initialize(http: IncomingMessage, response: ServerResponse, request: Request, caller: Caller) {
    const fault = headerFault(request, http.headers, mcp.parameterHeaders)
    if (fault) return sendJson(response, 400, faultText(request.id, fault))
    const session = sessions.create()
    const answer = await mcp.answer(request, { evidence: caller.evidence, session })
    const id = session.version === undefined ? undefined : sessions.keep(session)
    if (id === undefined) session.close(STOPPING)
    else response.setHeader('mcp-session-id', id)
    sendJson(response, answer.httpStatus, answer.text)
  }

  async function answerArray(http: IncomingMessage, response: ServerResponse, values: unknown[], caller: Caller) {
    const batch = await answerBatch(values, mayBatch(http.headers), async value => {
      const message = readMessage(value)
      if (message.kind === 'request') return (await mcp.answer(message, exchangeOf(caller))).text
      if (message.kind !== 'invalid') return undefined
      return faultText(message.id, { code: INVALID_REQUEST, message: message.problem })
    })
    if ('fault' in batch) sendJson(response, 400, faultText(null, batch.fault))
    else if (batch.text === undefined) response.writeHead(202).end()
    else sendJson(response, 200, batch.text)
  }

  return {
    async handle(http, response, evidence) {
      if (!isJson(http)) {
        return refuse(response, { status: 415, error: 'UNSUPPORTED', message: 'Send plain application/json' })
      }
      const body = await bodies.read(http)
      if (body === 'gone' || response.closed) return
      // Admitted only now: who has not sent a whole message keeps nobody else from being served.
      if (drained) return refuse(response, { ...busy(maxConcurrent), message: STOPPING.message })
      if (body === 'no-room' || running.size >= maxConcurrent) return refuse(response, busy(maxConcurrent))
      if (body === 'too-large') {
        return refuse(response, {
          status: 413,
          error: 'TOO_LARGE',
          message: `A message may have at most ${maxBodyBytes} bytes`
        })
      }
      const controller = admit(response)
      const parsed = parseJson(body)
      if ('fault' in parsed) return sendJson(response, 400, faultText(null, parsed.fault))

      const session = isStateless(parsed.value) ? undefined : sessions.find(http)
      if (session === 'gone') return refuse(response, UNKNOWN_SESSION)
      const caller: Caller = { evidence, controller, session, trace: traceOf(http) }
      if (Array.isArray(parsed.value)) return answerArray(http, response, parsed.value, caller)
      const message = readMessage(parsed.value)
      switch (message.kind) {
        case 'request':
          if (message.method === 'initialize' && claimedVersion(message.params) === undefined) {
            return initialize(http, response, message, caller)
          }
          return answerRequest(http, response, message, caller)
        case 'invalid':
          return sendJson(response, 400, faultText(message.id, { code: INVALID_REQUEST, message: message.problem }))
        case 'response':
          session?.settle(message.id, message.result, message.error)
          break
        case 'notification':
          if (message.method === 'notifications/cancelled') cancel(session, message.params?.requestId)
      }
      response.writeHead(202).end()
    },

    drain() {
      drained ??= Promise.withResolvers()
      for (const controller of listening) controller.abort(STOPPING)
      if (running.size === 0) drained.resolve()
      return drained.promise
    },

    abort(reason) {
      for (const controller of running) controller.abort(reason)
    }
  }
}

interface Caller {
  evidence: Evidence
  controller: AbortController
  session: Session | undefined
  trace: Trace | undefined
}

const STOPPING = new AppError('CANCELLED', 'The server is stopping')

function busy(maxConcurrent: number): Refusal {
  const message = `${maxConcurrent} requests are under way; send it again later`
  return { status: 503, error: 'BUSY', message, headers: { 'retry-after': '1' } }
}

/** Whether the message belongs to the era without sessions, where the header means nothing. */
function isStateless(value: unknown): boolean {
  return isObject(value) && isObject(value.params) && claimedVersion(value.params) !== undefined
}

function exchangeOf({ evidence, controller, session, trace }: Caller): Exchange {
  return { evidence, signal: controller.signal, ...(session && { session }), ...(trace && { trace }) }
}

function traceOf({ headers }: IncomingMessage): Trace | undefined {
  return headers.traceparent === undefined ? undefined : traceIn(headers)
}

function cancel(session: Session | undefined, id: unknown): void {
  if (typeof id !== 'string' && typeof id !== 'number') return
  session?.inFlight.get(id)?.abort(new AppError('CANCELLED', 'The client cancelled the call'))
}
