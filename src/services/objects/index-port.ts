/** What the service and the thread of its index say to each other, in the order of the requests. Everything is plain values. */
import { AppError, type ErrorCode, hasCode, toAppError } from '../../core/errors.ts'
import type { IndexMethods } from './index-store.ts'

export type Request = { method: keyof IndexMethods; args: unknown[] } | 'close'
export type Answer = { value: unknown } | { code: ErrorCode; message: string; cause: string }

const FULL = 13
const CORRUPT = 11
const NOT_A_DATABASE = 26
const BUSY = 5

/** What SQLite throws, as it is told to callers. Errors with a code stay as they are. */
export function storageError(thrown: unknown, path: string): AppError {
  if (thrown instanceof AppError) return thrown
  const cause = thrown
  if (hasCode(thrown, 'ENOSPC')) return new AppError('STORAGE_FULL', 'The disk of the objects is full', { cause })
  // An extended code has the kind of failure in its low byte.
  const code = typeof thrown === 'object' && thrown !== null && 'errcode' in thrown ? Number(thrown.errcode) & 0xff : 0
  if (code === 0) return toAppError(thrown)
  if (code === FULL) return new AppError('STORAGE_FULL', 'The disk of the objects is full; free some space', { cause })
  if (code === BUSY) return new AppError('DATA_DIRECTORY_BUSY', `Another process has the objects at ${path}`, { cause })
  if (code === CORRUPT || code === NOT_A_DATABASE)
    return new AppError('BAD_DATA', `The index of objects ${path} is damaged; put back a copy of it`, { cause })
  return new AppError('STORAGE_FAILED', `The disk of the objects failed at ${path}; ask whether it was done`, { cause })
}

export function answerOf(error: AppError): Answer {
  const cause = error.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : String(error.cause ?? '')
  return { code: error.code, message: error.message, cause }
}

export function valueIn(answer: Answer): unknown {
  if ('value' in answer) return answer.value
  throw new AppError(answer.code, answer.message, { cause: answer.cause })
}
