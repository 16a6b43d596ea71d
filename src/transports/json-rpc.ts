/** JSON-RPC 2.0 as MCP uses it: what a parsed message is, and the text of an answer. */
import { isUtf8 } from 'node:buffer'

export const PARSE_ERROR = -32700
export const INVALID_REQUEST = -32600
export const METHOD_NOT_FOUND = -32601
export const INVALID_PARAMS = -32602
export const INTERNAL_ERROR = -32603
/** Refusals of the transport itself (busy, too large, not allowed): the first of the codes left to servers. */
export const REFUSED = -32000

export type RequestId = string | number
export type Params = Record<string, unknown>

export interface Request {
  kind: 'request'
  id: RequestId
  method: string
  params: Params | undefined
}

export type Message =
  | Request
  | { kind: 'notification'; method: string; params: Params | undefined }
  | { kind: 'response'; id: unknown; result: unknown; error: unknown }
  | { kind: 'invalid'; id: RequestId | null; problem: string }

/** A failure of the protocol, as opposed to one of a tool. */
export interface Fault {
  code: number
  message: string
  data?: unknown
}

/** The JSON value in these bytes, or the fault to answer with. */
export function parseJson(bytes: Uint8Array): { value: unknown } | { fault: Fault } {
  if (!isUtf8(bytes)) return { fault: { code: PARSE_ERROR, message: 'The message is not valid UTF-8' } }
  try {
    return { value: JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()) }
  } catch {
    return { fault: { code: PARSE_ERROR, message: 'The message is not valid JSON' } }
  }
}

/** Says what a parsed value is. Checked by hand: it is done for every message, before any schema is loaded. */
export function readMessage(value: unknown): Message {
  if (!isObject(value)) return invalid(null, 'a message is an object')
  const id = isRequestId(value.id) ? value.id : null
  if (value.jsonrpc !== '2.0') return invalid(id, '"jsonrpc" must be "2.0"')
  if (value.method === undefined && ('result' in value || 'error' in value)) {
    return { kind: 'response', id: value.id, result: value.result, error: value.error }
  }
  if (typeof value.method !== 'string') return invalid(id, '"method" must be a string')
  if ('id' in value && id === null) return invalid(null, '"id" must be a string or an integer')
  const { method, params } = value
  if (params !== undefined && !isObject(params)) return invalid(id, '"params" must be an object')
  return id === null ? { kind: 'notification', method, params } : { kind: 'request', id, method, params }
}

/** The text of a successful answer; `result` is already JSON. */
export function resultText(id: RequestId, result: string): string {
  return `{"jsonrpc":"2.0","id":${idText(id)},"result":${result}}`
}

/** The text of a failed answer. The id is null where none could be read. */
export function faultText(id: RequestId | null, fault: Fault): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: fault })
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isInteger(value)
}

function idText(id: RequestId): string {
  return typeof id === 'number' ? String(id) : JSON.stringify(id)
}

function invalid(id: RequestId | null, problem: string): Message {
  return { kind: 'invalid', id, problem: `Not a JSON-RPC message: ${problem}` }
}
