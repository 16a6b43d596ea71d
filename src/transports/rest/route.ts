/** What a REST route is: where it stands, what OpenAPI says of it, and one function that answers. */
import type { Catalog, JsonSchema } from '../../core/catalog.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { Evidence } from '../../core/principal.ts'
import type { CallOutcome, Invoke } from '../../core/tool.ts'
import type { ToolListing } from '../listing.ts'

export interface RestParts {
  invoke: Invoke
  catalog: Pick<Catalog, 'categories' | 'resolve' | 'unavailability' | 'has'>
  /** The tools that MCP lists. */
  listing: () => readonly ToolListing[]
  version: string
  needsToken: boolean
}

/** One request: text by name out of the path and the query, and the JSON body of a POST. */
export interface Sent {
  path: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
  body: unknown
  evidence: Evidence
  signal: AbortSignal
}

export interface RestAnswer {
  status: number
  value: unknown
}

/** One operation of the OpenAPI document; a route may stand for many. */
export interface Operation {
  path: string
  summary: string
  query?: readonly { name: string; schema: unknown }[]
  pathParameters?: readonly { name: string; schema: unknown }[]
  body?: JsonSchema
  answer: JsonSchema
}

export interface Route {
  method: 'GET' | 'POST'
  /** `{name}` stands for one or more segments at the end. */
  path: string
  summary: string
  describe(catalog: RestParts['catalog']): Operation[]
  /** Throws AppError where there is no call to make. */
  answer(sent: Sent, parts: RestParts): Promise<RestAnswer> | RestAnswer
}

/** The status that goes with each code. */
export const STATUS: Record<ErrorCode, number> = {
  INVALID_INPUT: 400,
  INPUT_REQUIRED: 409,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  TOOL_NOT_FOUND: 404,
  SERVICE_UNAVAILABLE: 503,
  BUSY: 503,
  DEADLINE_EXCEEDED: 504,
  CANCELLED: 503,
  OUTCOME_UNKNOWN: 502,
  DEPTH_EXCEEDED: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  PATH_FORBIDDEN: 403,
  URL_FORBIDDEN: 403,
  FETCH_FAILED: 502,
  SQL_FORBIDDEN: 403,
  SQL_INVALID: 400,
  TASK_STATE: 409,
  STALE_LEASE: 409,
  IDEMPOTENCY_CONFLICT: 409,
  BAD_DATA: 422,
  INVALID_CID: 400,
  CID_MISMATCH: 422,
  UNSUPPORTED: 422,
  TOO_LARGE: 413,
  PEER_UNREACHABLE: 502,
  PEER_MISMATCH: 502,
  INVITATION_INVALID: 400,
  STORAGE_FAILED: 500,
  STORAGE_FULL: 507,
  DATA_DIRECTORY_BUSY: 503,
  DATA_DIRECTORY_VERSION: 500,
  CONFIG_INVALID: 500,
  INTERNAL: 500
}

/** The status of a call; `wrap` makes the value of one that went well. */
export function answerOf(outcome: CallOutcome, wrap: (envelope: CallOutcome['envelope']) => unknown): RestAnswer {
  if (outcome.failure) return { status: STATUS[outcome.failure.code], value: outcome.envelope }
  return { status: 200, value: wrap(outcome.envelope) }
}
