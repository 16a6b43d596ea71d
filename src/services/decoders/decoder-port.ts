/** What goes between a node and a process that decodes. One decoder at a time. */
import { AppError, type ErrorCode } from '../../core/errors.ts'

export type ToDecoder =
  | { kind: 'open'; job: string; path: string; sizeBytes: number; options: unknown }
  | { kind: 'next' }
  | { kind: 'return' }

export type FromDecoder =
  | { kind: 'item'; value: unknown }
  | { kind: 'done' }
  | { kind: 'failure'; code: ErrorCode | undefined; message: string; details: Record<string, unknown> | undefined }

export function failureOf(thrown: unknown): FromDecoder {
  if (thrown instanceof AppError) {
    const { code, message, details } = thrown
    return { kind: 'failure', code, message, details }
  }
  // What a library throws over bytes that it did not expect.
  if (thrown instanceof RangeError || thrown instanceof SyntaxError || thrown instanceof URIError) {
    const message = 'The file is malformed: a part of it is out of bounds, or nested too deeply'
    return { kind: 'failure', code: 'BAD_DATA', message, details: undefined }
  }
  return {
    kind: 'failure',
    code: undefined,
    message: thrown instanceof Error ? `${thrown.stack}` : String(thrown),
    details: undefined
  }
}

export function errorOf({ code, message, details }: FromDecoder & { kind: 'failure' }): Error {
  if (code === undefined) return new Error('A decoder failed in its process', { cause: message })
  return new AppError(code, message, { ...(details && { details }) })
}
