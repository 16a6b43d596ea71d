/**
 * POST /mcp: one message, or an array where its version allows one, and its answer. There is no session: each request stands
 * alone, and a client that closes the connection before the answer has cancelled the call.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '../core/errors.ts'
import type { Evidence } from '../core/principal.ts'
import { answerBatch } from './batch.ts'
import { isJson, readBody } from './http-body.ts'
import { headerFault, mayBatch } from './http-headers.ts'
import { createReply, refuse, sendJson } from './http-reply.ts'
import { faultText, INVALID_REQUEST, parseJson, type Request, readMessage } from './json-rpc.ts'
import type { McpServer } from './mcp-server.ts'

export interface PostOptions {
  mcp: McpServer
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

export function createPostHandler({ mcp, maxBodyBytes, maxConcurrent }: PostOptions): PostHandler {
  const running = new Set<AbortController>()
  let drained: PromiseWithResolvers<void> | undefined

  /** One controller for the request, given back when its response is over, whichever side ended it. */
  function admit(response: ServerResponse): AbortSignal {
    const controller = new AbortController()
    running.add(controller)
    response.on('close', () => {
      running.delete(controller)
      if (!response.writableFinished) controller.abort(new AppError('CANCELLED', 'The client closed the connection'))
      if (running.size === 0) drained?.resolve()
    })
    return controller.signal
  }

  async function answerRequest(http: IncomingMessage, response: ServerResponse, request: Request, caller: Caller) {
    const fault = headerFault(request, http.headers)
    if (fault) return sendJson(response, 400, faultText(request.id, fault))
    const reply = createReply(http, response)
    const answer = await mcp.answer(request, reply.notify ? { ...caller, notify: reply.notify } : caller)
    reply.answer(answer.httpStatus, answer.text)
  }

  async function answerArray(http: IncomingMessage, response: ServerResponse, values: unknown[], caller: Caller) {
    const batch = await answerBatch(values, mayBatch(http.headers), async value => {
      const message = readMessage(value)
      if (message.kind === 'request') return (await mcp.answer(message, caller)).text
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
      if (drained || running.size >= maxConcurrent) {
        const message = drained
          ? 'The server is stopping'
          : `${maxConcurrent} requests are under way; send it again later`
        return refuse(response, { status: 503, error: 'BUSY', message, headers: { 'retry-after': '1' } })
      }
      const signal = admit(response)
      const body = await readBody(http, maxBodyBytes)
      if (body === 'gone') return
      if (body === 'too-large') {
        return refuse(response, {
          status: 413,
          error: 'TOO_LARGE',
          message: `A message may have at most ${maxBodyBytes} bytes`
        })
      }
      const parsed = parseJson(body)
      if ('fault' in parsed) return sendJson(response, 400, faultText(null, parsed.fault))

      const caller: Caller = { evidence, signal }
      if (Array.isArray(parsed.value)) return answerArray(http, response, parsed.value, caller)
      const message = readMessage(parsed.value)
      switch (message.kind) {
        case 'request':
          return answerRequest(http, response, message, caller)
        case 'invalid':
          return sendJson(response, 400, faultText(message.id, { code: INVALID_REQUEST, message: message.problem }))
        default:
          // Without a session there is nothing that a notification or a response could belong to.
          response.writeHead(202).end()
      }
    },

    drain() {
      drained ??= Promise.withResolvers()
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
  signal: AbortSignal
}
