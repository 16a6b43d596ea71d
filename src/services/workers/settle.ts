/** Tells the queue how an attempt ended, until the queue has it, refuses it, or the lease is over. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { ClaimRequest, Completion, Lease, WorkSource } from '../queue/api.ts'
import { failed } from './outcome.ts'
import { pause, within } from './waiting.ts'

const FIRST_RETRY_MS = 50
const MAX_RETRY_MS = 2000

export interface SettleOptions {
  source: Pick<WorkSource, 'complete' | 'release'>
  clock: Clock
  log: Log
  /** How long one answer is waited for. */
  answerMs: number
  /** Whether the lease is over. */
  isLost: () => boolean
}

export interface Claimed {
  leases: readonly Lease[]
  /** When it was asked for, by `clock.monotonic`. */
  askedAt: number
}

/** Answers what was claimed along with it. */
export async function complete(
  { source, clock, log, answerMs, isLost }: SettleOptions,
  completion: Completion,
  next: ClaimRequest | undefined
): Promise<Claimed> {
  let sent = completion
  let along = next
  for (let retryMs = FIRST_RETRY_MS; !isLost(); retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
    const askedAt = clock.monotonic()
    try {
      const answer = source.complete({ ...sent, ...(along && { next: along }) })
      return { leases: (await within(clock, answerMs, answer)).next, askedAt }
    } catch (error) {
      const hadNext = along !== undefined
      // What went along may have been claimed in an answer that was lost, so it is not asked for again.
      along = undefined
      if (!isRefusal(error)) await pause(clock, retryMs)
      else if (error.code === 'STALE_LEASE') break
      else if (!hadNext) {
        log.error('the queue refused the outcome of a task', { task_id: sent.taskId, error })
        if (sent.outcome.status !== 'completed') break
        sent = { ...sent, outcome: failed(error) }
      }
    }
  }
  return { leases: [], askedAt: clock.monotonic() }
}

/** Gives a task back. What cannot be given back comes back by itself when its lease ends. */
export async function release(
  { source, clock, log, answerMs, isLost }: SettleOptions,
  { task: { taskId }, leaseToken }: Lease,
  reason: string
): Promise<void> {
  for (let retryMs = FIRST_RETRY_MS; !isLost(); retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)) {
    try {
      await within(clock, answerMs, source.release({ taskId, leaseToken, reason }))
      return
    } catch (error) {
      if (isRefusal(error)) return log.debug('a task could not be given back', { task_id: taskId, error })
      await pause(clock, retryMs)
    }
  }
}

/** Of a call whose answer may have been lost on the way: whether it took effect, its next answer says. */
const OPEN_OUTCOMES = new Set(['INTERNAL', 'OUTCOME_UNKNOWN'])

/** The queue understood and will say the same again. Anything else may have been lost on the way, there or back. */
function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && !error.retryable && !OPEN_OUTCOMES.has(error.code)
}
