/** A failed call as a fault of the protocol, for the methods whose results have no place for failures. */
import type { CallOutcome } from '../core/tool.ts'
import type { Refusal } from './call.ts'
import { INTERNAL_ERROR, INVALID_PARAMS } from './json-rpc.ts'

/** What a client can mend by asking for something else. */
const ASKED_WRONG: ReadonlySet<string> = new Set([
  'INVALID_INPUT',
  'TOOL_NOT_FOUND',
  'NOT_FOUND',
  'INVALID_CID',
  'PATH_FORBIDDEN',
  'UNSUPPORTED',
  'TOO_LARGE'
])

/** `subject` says again what was asked for. */
export function outcomeFault({ failure, envelope }: CallOutcome, subject: Record<string, unknown>): Refusal {
  const code = failure && ASKED_WRONG.has(failure.code) ? INVALID_PARAMS : INTERNAL_ERROR
  return { fault: { code, message: failure?.message ?? 'The call failed', data: { ...envelope, ...subject } } }
}
