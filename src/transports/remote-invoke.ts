/**
 * Calls tools of a node in another process, over its socket or its URL: the same `Invoke` as the node's own dispatcher, so that
 * what calls tools need not know where they run. Nothing is sent twice: a connection that breaks after the call was sent ends in
 * an error that says that the outcome is unknown.
 */
import type { IncomingMessage, RequestOptions } from 'node:http'
import { type ClientCapability, isQuestion, type Question } from '../core/client.ts'
import { AppError, hasCode } from '../core/errors.ts'
import type { CallOutcome, CallRequest, Invoke } from '../core/tool.ts'
import {
  callParams,
  failedCall,
  outcomeOfFault,
  outcomeOfResult,
  REMOTE_PROTOCOL_VERSION
} from '../protocol/wire/remote-call.ts'

/** A tool that asks without end is at fault. */
const MAX_ROUNDS = 20

export interface RemoteTarget {
  /** A socket in a data directory, or the `/mcp` endpoint of a server. */
  socketPath?: string
  url?: string
  token?: string
}

/** Thrown, and only before anything was sent, when nobody answers at the target. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
}

export function createRemoteInvoke(target: RemoteTarget, clientInfo: { name: string; version: string }): Invoke {
  let nextId = 0

  async function callOnce(request: CallRequest, rounds: object): Promise<unknown> {
    const id = ++nextId
    const name = request.category === undefined ? request.tool : `${request.category}.${request.tool}`
    const params = callParams(name, request.args, {
      clientInfo,
      clientCapabilities: capabilitiesOf(request),
      meta: { ...request.trace, ...(request.progress && { progressToken: id }) }
    })
    const message = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params: { ...params, ...rounds } })
    const response = await post(target, name, message, request.signal)
    return await lastMessage(response, request)
  }

  return async request => {
    // On the wire a caller is who its connection proves it to be: a task's submitter cannot be said there.
    if (request.evidence.kind === 'submitter') {
      return failedCall(new AppError('FORBIDDEN', 'A call on behalf of a task runs where the task is held'))
    }
    let rounds = {}
    try {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        const result = await callOnce(request, rounds)
        const asked = questionsOf(result)
        if (!asked || !request.client) return outcomeOf(result)
        rounds = { inputResponses: await request.client.ask(asked.questions), requestState: asked.requestState }
      }
      throw new AppError('INPUT_REQUIRED', `The tool asked more than ${MAX_ROUNDS} times`)
    } catch (error) {
      if (error instanceof UnreachableError) throw error
      return failedCall(request.signal?.aborted ? cancelled(request.signal) : asAppError(error))
    }
  }
}

function capabilitiesOf({ client }: CallRequest): Record<string, object> {
  const known: ClientCapability[] = ['elicitation', 'sampling', 'roots']
  return Object.fromEntries(known.filter(capability => client?.can(capability)).map(capability => [capability, {}]))
}

/** What the tool wants to know before it goes on. */
function questionsOf(message: unknown): { questions: Record<string, Question>; requestState: unknown } | undefined {
  const result = field(message, 'result')
  const requests = field(result, 'inputRequests')
  if (field(result, 'resultType') !== 'input_required' || !isRecord(requests)) return undefined
  const questions: Record<string, Question> = {}
  for (const [name, question] of Object.entries(requests)) if (isQuestion(question)) questions[name] = question
  return { questions, requestState: field(result, 'requestState') }
}

async function post(target: RemoteTarget, name: string, body: string, signal?: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(target.url ?? 'http://localhost/mcp')
  const { request } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'))
  const options: RequestOptions = {
    method: 'POST',
    // A connection of its own for each call: one that was kept may be dead, and then nobody knows whether the call was sent.
    agent: false,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REMOTE_PROTOCOL_VERSION,
      'mcp-method': 'tools/call',
      'mcp-name': headerText(name),
      ...(target.token !== undefined && { authorization: `Bearer ${target.token}` })
    },
    ...(target.socketPath !== undefined && { socketPath: target.socketPath }),
    ...(signal && { signal })
  }
  return await new Promise((resolve, reject) => {
    const outgoing = request(url, options, resolve)
    outgoing.on('error', error => {
      const isUnreachable = hasCode(error, 'ECONNREFUSED') || hasCode(error, 'ENOENT')
      reject(isUnreachable ? new UnreachableError('Nobody answers there', { cause: error }) : error)
    })
    outgoing.end(body)
  })
}

/** Headers hold plain ASCII; other text goes in the encoded form that MCP has for it. */
function headerText(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}

/** The response to the call; progress that comes before it is handed on. */
async function lastMessage(response: IncomingMessage, request: CallRequest): Promise<unknown> {
  response.setEncoding('utf8')
  let text = ''
  if (!response.headers['content-type']?.startsWith('text/event-stream')) {
    for await (const chunk of response) text += chunk
    if (text === '') throw new AppError('FETCH_FAILED', `The server answered with HTTP status ${response.statusCode}`)
    return JSON.parse(text)
  }
  let last: unknown
  for await (const chunk of response) {
    text += chunk
    const events = text.split('\n\n')
    text = events.pop() ?? ''
    for (const event of events) {
      const data = event
        .split('\n')
        .filter(line => line.startsWith('data:'))
        .map(line => line.slice(5).trimStart())
      if (data.length === 0 || data[0] === '') continue
      last = JSON.parse(data.join('\n'))
      reportProgress(last, request)
    }
  }
  return last
}

function reportProgress(message: unknown, request: CallRequest): void {
  if (field(message, 'method') !== 'notifications/progress') return
  const params = field(message, 'params')
  const [done, total, words] = [field(params, 'progress'), field(params, 'total'), field(params, 'message')]
  if (typeof done !== 'number') return
  request.progress?.(done, typeof total === 'number' ? total : undefined, typeof words === 'string' ? words : undefined)
}

function outcomeOf(message: unknown): CallOutcome {
  const error = field(message, 'error')
  return outcomeOfResult(field(message, 'result')) ?? outcomeOfFault(field(error, 'message'), field(error, 'data'))
}

function cancelled(signal: AbortSignal): AppError {
  return signal.reason instanceof AppError ? signal.reason : new AppError('CANCELLED', 'The caller ended the call')
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError(
    'SERVICE_UNAVAILABLE',
    'The connection to the server broke during the call; whether the call took effect is unknown',
    {
      cause: error
    }
  )
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
