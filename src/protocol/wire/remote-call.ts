/** A tool call as it goes to another node, and what comes back: the same over a socket, HTTP and a stream of a peer. */
import { AppError, ERROR_TABLE, type ErrorCode, type Issue, toWireError } from '../../core/errors.ts'
import type { CallOutcome, ContentBlock } from '../../core/tool.ts'

export const REMOTE_PROTOCOL_VERSION = '2026-07-28'

/** In `_meta` of a call without a session: the least level of what the caller wants to be told. */
export const LOG_LEVEL_KEY = 'io.modelcontextprotocol/logLevel'

/**
 * In `_meta` of a call: whoever sends it reads `structuredContent`, and needs no text that says the same once more. Nodes that do not
 * know it send the text.
 */
export const ONLY_STRUCTURED_KEY = 'ipfs-datasets-mcp/only-structured'

/** The parameters of `tools/call` without a session. */
export function callParams(
  tool: string,
  args: unknown,
  { clientInfo, clientCapabilities = {}, meta = {} }: { clientInfo: object; clientCapabilities?: object; meta?: object }
): Record<string, unknown> {
  return {
    name: tool,
    arguments: args ?? {},
    _meta: {
      'io.modelcontextprotocol/protocolVersion': REMOTE_PROTOCOL_VERSION,
      'io.modelcontextprotocol/clientInfo': clientInfo,
      'io.modelcontextprotocol/clientCapabilities': clientCapabilities,
      [ONLY_STRUCTURED_KEY]: true,
      ...meta
    }
  }
}

/** The outcome in the result of a `tools/call`, or undefined if it is none. */
export function outcomeOfResult(result: unknown): CallOutcome | undefined {
  const envelope = field(result, 'structuredContent')
  if (!isRecord(envelope)) return outcomeOfValue(field(result, 'content'))
  const content = shownContent(field(result, 'content'), envelope)
  const failure = field(result, 'isError') === true ? failureOf(envelope) : undefined
  return content ? { envelope, failure, content } : { envelope, failure }
}

/** Nodes in Python answer what the tool returned itself, under `content`, and say in it by `ok` how it went. */
function outcomeOfValue(value: unknown): CallOutcome | undefined {
  if (!isRecord(value)) return undefined
  const isFailure = value.ok === false
  const shown = typeof value.message === 'string' ? value : { ...value, message: value.detail ?? value.error }
  return { envelope: value, failure: isFailure ? failureOf(shown) : undefined }
}

/** The outcome of a call that ended as an error of the protocol. */
export function outcomeOfFault(message: unknown, data: unknown): CallOutcome {
  if (isRecord(data)) return failedCall(failureOf({ message, ...data }))
  return failedCall(
    new AppError('FETCH_FAILED', typeof message === 'string' ? message : 'There was no answer to the call')
  )
}

export function failedCall(failure: AppError): CallOutcome {
  return { envelope: { success: false, status: 'error', ...toWireError(failure) }, failure }
}

/** What the tool shows, unless that is the envelope again. */
function shownContent(content: unknown, envelope: object): ContentBlock[] | undefined {
  if (!Array.isArray(content) || content.length === 0) return undefined
  const isTwin = content.length === 1 && field(content[0], 'text') === JSON.stringify(envelope)
  // The other side is this program, and what it sends is only handed on.
  return isTwin ? undefined : (content as ContentBlock[])
}

function failureOf(envelope: Record<string, unknown>): AppError {
  const { error, message, issues, details } = envelope
  const code: ErrorCode = typeof error === 'string' && error in ERROR_TABLE ? (error as ErrorCode) : 'INTERNAL'
  return new AppError(code, typeof message === 'string' ? message : ERROR_TABLE[code].summary, {
    // The other side runs the same error table, and what it sends is only shown again.
    ...(Array.isArray(issues) && { issues: issues as Issue[] }),
    ...(isRecord(details) && { details })
  })
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
