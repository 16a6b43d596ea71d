/**
 * The one table of error codes. A code is permanent: callers match on it, never on the text, and a retired code
 * is not used again. `docs/errors.md` explains each to people; a test holds the two together.
 */

export const ERROR_TABLE = {
  INVALID_INPUT: { retryable: false, summary: 'The input does not fit the schema or its bounds' },
  INPUT_REQUIRED: { retryable: true, summary: 'The call needs an answer that only the client can give' },
  UNAUTHENTICATED: { retryable: false, summary: 'The caller did not prove who it is' },
  FORBIDDEN: { retryable: false, summary: 'The caller may not do this' },
  TOOL_NOT_FOUND: { retryable: false, summary: 'No tool or category has this name' },
  SERVICE_UNAVAILABLE: { retryable: true, summary: 'Something that the tool needs is not configured or not running' },
  BUSY: { retryable: true, summary: 'More calls are waiting than the declared limit' },
  DEADLINE_EXCEEDED: { retryable: true, summary: 'The call took longer than its time limit' },
  CANCELLED: { retryable: true, summary: 'The caller or a stopping server ended the call' },
  OUTCOME_UNKNOWN: { retryable: false, summary: 'It broke off on the way; whether it took effect is unknown' },
  DEPTH_EXCEEDED: { retryable: false, summary: 'Calls made by calls are nested too deeply' },
  NOT_FOUND: { retryable: false, summary: 'The named dataset, version, block, file or pin does not exist' },
  ALREADY_EXISTS: { retryable: false, summary: 'Something already stands under this name' },
  PATH_FORBIDDEN: { retryable: false, summary: 'The path leads outside the allowed roots' },
  URL_FORBIDDEN: { retryable: false, summary: 'The URL leads to an address or scheme that is not allowed' },
  FETCH_FAILED: { retryable: true, summary: 'The remote host could not be reached or did not answer well' },
  SQL_FORBIDDEN: { retryable: false, summary: 'The SQL is not one SELECT over datasets' },
  SQL_INVALID: { retryable: false, summary: 'The SQL does not parse, bind or run' },
  TASK_STATE: { retryable: false, summary: 'The task is in a state in which this cannot be done' },
  STALE_LEASE: { retryable: false, summary: 'The lease of the task has ended; another claim may have it now' },
  IDEMPOTENCY_CONFLICT: { retryable: false, summary: 'The id or idempotency key stands for a task with other content' },
  BAD_DATA: { retryable: false, summary: 'The data is malformed, truncated or in another encoding' },
  INVALID_CID: { retryable: false, summary: 'The text is not a CID' },
  CID_MISMATCH: { retryable: false, summary: 'The bytes do not match their CID' },
  UNSUPPORTED: { retryable: false, summary: 'The format, codec or operation is not supported' },
  TOO_LARGE: { retryable: false, summary: 'The input or output exceeds a declared size' },
  PEER_UNREACHABLE: { retryable: true, summary: 'The peer cannot be reached, or does not take our streams' },
  PEER_MISMATCH: { retryable: false, summary: 'The peer that answers is not the one that was meant' },
  INVITATION_INVALID: { retryable: false, summary: 'The invitation is malformed, used or expired' },
  STORAGE_FAILED: { retryable: true, summary: 'The disk failed; whether it was stored is unknown until asked' },
  STORAGE_FULL: { retryable: true, summary: 'The disk is full' },
  DATA_DIRECTORY_BUSY: { retryable: true, summary: 'Another process owns the data directory and cannot be reached' },
  DATA_DIRECTORY_VERSION: { retryable: false, summary: 'A newer version wrote the data directory' },
  CONFIG_INVALID: { retryable: false, summary: 'The configuration does not fit its schema' },
  INTERNAL: { retryable: false, summary: 'A fault of the server; the log has the details under the request id' }
} as const satisfies Record<string, { retryable: boolean; summary: string }>

export type ErrorCode = keyof typeof ERROR_TABLE

/** One thing wrong with an input: where it is, what is wrong, and, where known, what would be right. */
export interface Issue {
  path: string
  message: string
  suggestion?: string
}

export interface ErrorDetails {
  issues?: Issue[]
  /** Facts that help to mend the call: known names, limits, line numbers. Never secrets. */
  details?: Record<string, unknown>
  cause?: unknown
}

/** A message may quote its caller, and must not become a copy of what a hostile one sent. */
const MAX_MESSAGE_CHARACTERS = 4_000

const shorten = (message: string): string =>
  message.length <= MAX_MESSAGE_CHARACTERS ? message : `${message.slice(0, MAX_MESSAGE_CHARACTERS)}…`

/** A failure with a code. Its message is for the caller and must say what would be right. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly issues: Issue[] | undefined
  readonly details: Record<string, unknown> | undefined

  constructor(code: ErrorCode, message: string, more: ErrorDetails = {}) {
    super(shorten(message), more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'AppError'
    this.code = code
    this.issues = more.issues
    this.details = more.details
  }

  get retryable(): boolean {
    return ERROR_TABLE[this.code].retryable
  }
}

/** The failure as a tool result carries it, before the envelope is added. */
export interface WireError {
  error: ErrorCode
  message: string
  retryable: boolean
  issues?: Issue[]
  details?: Record<string, unknown>
}

/** The only conversion from a thrown value to what a caller sees. Unknown throws disclose nothing. */
export function toWireError(thrown: unknown): WireError {
  const error = toAppError(thrown)
  return {
    error: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(error.issues && { issues: error.issues }),
    ...(error.details && { details: error.details })
  }
}

/** Turns any thrown value into an AppError; what is not known by code becomes INTERNAL without its text. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown
  if (hasCode(thrown, 'ENOSPC') || hasCode(thrown, 'EDQUOT')) {
    return new AppError('STORAGE_FULL', 'The disk is full; free some space and call again', { cause: thrown })
  }
  return new AppError('INTERNAL', 'The server failed; its log has the details under this request id', { cause: thrown })
}

/** Whether a thrown value carries the given `code`, as the errors of Node's own modules do. */
export function hasCode(thrown: unknown, code: string): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === code
}
