/** What goes between a node and a process that runs its tools. One call at a time. */

import type { TellLevel } from '../../core/client.ts'
import { AppError, type ErrorCode, type Issue } from '../../core/errors.ts'
import type { LogFields } from '../../core/log.ts'
import type { Principal } from '../../core/principal.ts'

export type ToTools =
  | { kind: 'run'; category: string; tool: string; input: unknown; principal: Principal; callId: string }
  | { kind: 'abort'; failure: Failure }

export type FromTools =
  | { kind: 'progress'; done: number; total: number | undefined; message: string | undefined }
  | { kind: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; message: string; fields: LogFields }
  | { kind: 'tell'; level: TellLevel; message: string }
  | { kind: 'value'; value: unknown }
  | { kind: 'failure'; failure: Failure }

/** An error with a code, or one that only the log may see. */
export type Failure =
  | { code: ErrorCode; message: string; issues: Issue[] | undefined; details: Record<string, unknown> | undefined }
  | { unknown: string }

export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof AppError)) return { unknown: thrown instanceof Error ? `${thrown.stack}` : String(thrown) }
  const { code, message, issues, details } = thrown
  return { code, message, issues, details }
}

export function errorOf(failure: Failure): Error {
  if ('unknown' in failure) return new Error('A tool failed in its process', { cause: failure.unknown })
  const { code, message, issues, details } = failure
  return new AppError(code, message, { ...(issues && { issues }), ...(details && { details }) })
}
