/** POST /mcp: one message, or an array where its version allows one, and its answer. A request stands alone unless it names a session. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../core/errors.ts'
import type { Evidence } from '../core/principal.ts'
import type { Trace } from '../core/tracer.ts'
import { traceIn } from '../protocol/telemetry/trace-context.ts'
import { answerBatch } from './batch.ts'
import { claimedVersion } from './eras.ts'
import { type Admission, STOPPING } from './http-admission.ts'
import { headerFault, mayBatch } from './http-headers.ts'
import { createReply, refuse, sendJson } from './http-reply.ts'
import { type HttpSessions, UNKNOWN_SESSION } from './http-sessions.ts'
import { faultText, INVALID_REQUEST, isObject, parseJson, type Request, readMessage } from './json-rpc.ts'
import type { Exchange, McpServer } from './mcp-server.ts'
import type { Session } from './session.ts'

export type HandlePost = (request: IncomingMessage, response: ServerResponse, evidence: Evidence) => Promise<void>

/** What it returns never rejects. */
export function createPostHandler(mcp: McpServer, sessions: HttpSessions, admission: Admission): HandlePost {
  async function answerRequest(http: IncomingMessage, response: ServerResponse, request: Request, caller: Caller) {
    const { id, method } = request
    const fault = headerFault(request, http.headers, mcp.parameterHeaders)
    if (fault) return sendJson(response, 400, faultText(id, fault))
    const refusal = method === 'subscriptions/listen' ? admission.listenOn(caller.controller) : undefined
    if (refusal) return refuse(response, refusal)
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

  return async (http, response, evidence) => {
    const received = await admission.receive(http, response)
    if (received === 'gone') return
    if ('status' in received) return refuse(response, received)
    const { body, controller } = received
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
  }
}

interface Caller {
  evidence: Evidence
  controller: AbortController
  session: Session | undefined
  trace: Trace | undefined
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
