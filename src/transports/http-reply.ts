/** What the HTTP server writes: a JSON answer, or a stream of events when something comes before the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, toWireError } from '../core/errors.ts'
import type { Refusal } from './http-access.ts'
import { type Fault, faultText, REFUSED } from './json-rpc.ts'

/**
 * Writes an answer at the end of this turn of the event loop, so that those of one turn go out together: a client with many calls
 * under way is woken once for all of them, and waking it costs as much as writing an answer.
 */
export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  setImmediate(() => {
    if (response.destroyed) return
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) })
    response.end(text)
  })
}

export function sendJson(response: ServerResponse, status: number, text: string): void {
  sendText(response, status, 'application/json', text)
}

/** A refusal before a message was read: its status, and a JSON-RPC error without an id. */
export function refuse(response: ServerResponse, { status, message, error, headers = {} }: Refusal): void {
  const fault: Fault = error === undefined ? { code: REFUSED, message } : { code: REFUSED, message, data: { error } }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  sendJson(response, status, faultText(null, fault))
}

/** The same on paths that do not speak JSON-RPC: the error as a failed tool carries it. */
export function refusePlainly(
  response: ServerResponse,
  { status, message, error = 'INVALID_INPUT', headers = {} }: Refusal,
  details?: Record<string, unknown>
): void {
  const failure = new AppError(error, message, details && { details })
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  sendJson(response, status, JSON.stringify({ success: false, status: 'error', ...toWireError(failure) }))
}

export interface Reply {
  /** Sends a message ahead of the answer; absent if the client takes no stream. */
  notify?: (text: string) => void
  answer(status: number, text: string): void
}

/** A client that does not read what it asked for must not fill the memory. */
const MAX_UNREAD_BYTES = 4 * 1024 * 1024

/** Begins a stream of events. */
export function openEvents(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Proxies of the nginx family hold events back otherwise.
    'x-accel-buffering': 'no'
  })
  response.flushHeaders()
}

export function sendEvent(response: ServerResponse, text: string): void {
  if (response.destroyed || response.writableEnded) return
  if (response.writableLength > MAX_UNREAD_BYTES) response.destroy()
  else response.write(event(text))
}

/** A reply that becomes a stream of events with the first notification and is plain JSON without one. */
export function createReply(request: IncomingMessage, response: ServerResponse): Reply {
  let isAnswered = false
  function answer(status: number, text: string): void {
    isAnswered = true
    if (!response.headersSent) sendJson(response, status, text)
    else if (!response.destroyed) response.end(event(text))
  }
  if (!request.headers.accept?.includes('text/event-stream')) return { answer }

  return {
    answer,
    notify(text) {
      if (response.destroyed || isAnswered) return
      if (!response.headersSent) openEvents(response)
      sendEvent(response, text)
    }
  }
}

/** JSON text has no line breaks, so it is one data line. */
function event(text: string): string {
  return `event: message\ndata: ${text}\n\n`
}
