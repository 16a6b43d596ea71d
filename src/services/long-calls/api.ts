/**
 * Calls that outlive the request they came with: begun durably, run as their caller by a worker, asked after by a handle.
 *
 * Guarantees:
 * - A handle that was answered is kept by the queue: it, what it asks, what it was answered and how it ended survive the process.
 * - A call runs at most once, unless its tool is safe to run again: then a call that the end of a server cut off is run again, up to
 *   MAX_ATTEMPTS times. One that is not ends as OUTCOME_UNKNOWN. A call that had not begun, or that a stopping server ended, begins
 *   again in either case.
 * - A call that asks its client ends there and is run from its start when every question has its answer, as in the stateless
 *   revision of MCP. An answer counts once: a question that was answered is never open again.
 * - Who did not submit a call learns nothing of it: NOT_FOUND, as for a handle that there never was.
 * - A call ends by its time to live, at the latest, and its handle with it; before that it is not forgotten, unless more finished
 *   tasks come than the queue is set to keep.
 */
import type { ClientCapability, Question, Reply } from '../../core/client.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import type { Startable } from '../../core/startable.ts'
import type { CallOutcome } from '../../core/tool.ts'

declare module '../../core/tool.ts' {
  interface Services {
    longCalls: LongCalls
  }
}

/** Of a call that is safe to run again. */
export const MAX_ATTEMPTS = 3
/** Rounds of questions and answers that one call may have. */
export const MAX_ROUNDS = 100

export interface LongCallRequest {
  tool: string
  category: string
  args: unknown
  /** What was answered before it begins. */
  answers: Record<string, Reply>
  /** What its client can be asked. */
  can: readonly ClientCapability[]
  isRetrySafe: boolean
  submitter: Principal
  /** Its handle, if the caller chooses it: letters, digits, - and _. The same one again, with the same call, is the same call. */
  taskId?: string
}

export interface LongCallState {
  taskId: string
  status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled'
  /** How far it is, or why it ended so. */
  message?: string
  createdAt: number
  updatedAt: number
  /** From `createdAt`. */
  ttlMs: number
  /** Open questions, when input is required. */
  questions?: Record<string, Question>
  /** When completed: how the call ended, which may be with an error of its tool. */
  outcome?: CallEnd
  /** When failed: why there is no outcome. */
  error?: { code: ErrorCode; message: string }
}

/** A `CallOutcome` as values that can be kept. */
export type CallEnd = Pick<CallOutcome, 'envelope' | 'content'> & { isError: boolean }

export interface LongCalls extends Startable {
  /**
   * Answers when the call is kept, or when it has ended if that takes no longer than `waitMs`. A signal that is aborted before
   * cancels the call.
   */
  begin(call: LongCallRequest, options: { waitMs: number; signal: AbortSignal }): Promise<LongCallState>
  get(taskId: string, caller: Principal): Promise<LongCallState>
  /** Takes the answers to open questions and ignores the others. The call goes on when none is open any more. */
  answer(taskId: string, answers: Record<string, Reply>, caller: Principal): Promise<void>
  /** A call that has ended stays as it is. */
  cancel(taskId: string, caller: Principal): Promise<void>
}
