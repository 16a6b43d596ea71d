/**
 * What calls this process ran and how long they took: counts and a histogram for each tool, and the last calls one by one.
 *
 * Guarantees:
 * - Never what a call was given or answered: its tool, how it ended, its time, and what kind of caller it had.
 * - Bounded: one entry for each tool of the catalogue, and MAX_RECENT_CALLS calls. Nothing of it survives the process.
 *
 * Points in time are milliseconds since 1970, durations milliseconds.
 */
import type { ErrorCode } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'

declare module '../../core/tool.ts' {
  interface Services {
    calls: CallHistory
  }
}

export const MAX_RECENT_CALLS = 500

/** A duration belongs to the first bound that it does not exceed, and to one more place if it exceeds all. */
export const DURATION_BOUNDS_MS: readonly number[] = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000]

export interface EndedCall {
  /** Undefined for a name that no tool has. */
  tool: string | undefined
  /** Undefined if it went well. */
  error: ErrorCode | undefined
  durationMs: number
  /** Undefined for a caller that proved nothing. */
  caller: Principal['kind'] | undefined
}

export interface RecentCall extends EndedCall {
  endedAt: number
}

export interface ToolCalls {
  tool: string | undefined
  calls: number
  failures: number
  totalMs: number
  maxMs: number
  /** How many calls fell to each of DURATION_BOUNDS_MS, and beyond the last. */
  histogram: readonly number[]
}

export interface CallHistory {
  /** Costs a call no more than a few memory writes. */
  note(call: EndedCall): void
  /** Since when calls are noted. */
  readonly since: number
  /** In the order of their first call. */
  tools(): ToolCalls[]
  /** Newest first. */
  recent(limit: number): RecentCall[]
}
