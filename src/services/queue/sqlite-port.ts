/** What the queue and the thread of its file say to each other. Everything is plain values. */
import { AppError } from '../../core/errors.ts'
import type { Operation, Query, Refusal, Time } from './store.ts'

export interface ThreadOptions {
  /** Of the file. */
  path: string
  /** Added to every commit, as if the disk were slow: for benchmarks. */
  syncDelayMs: number
}

export interface BatchRequest {
  kind: 'commit'
  batch: readonly Operation[]
  time: Time
  /** Another batch follows soon, and this one may wait for it. */
  isMoreComing: boolean
}

export type Request = BatchRequest | { kind: 'read'; query: Query } | { kind: 'close' }

/** In the order of the requests; several cross together. A `close` is answered by the end of the thread. */
export type Answer = { value: unknown } | { failure: Refusal & { cause: string } }

/** An error as it crosses the port; its cause becomes text, for the log. */
export function failureOf({ code, message, issues, details, cause }: AppError): Answer {
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? '')
  return { failure: { code, message, ...(issues && { issues }), ...(details && { details }), cause: text } }
}

export function errorOf({ code, message, cause, ...more }: Refusal & { cause: string }): AppError {
  return new AppError(code, message, { ...more, ...(cause !== '' && { cause: new Error(cause) }) })
}
