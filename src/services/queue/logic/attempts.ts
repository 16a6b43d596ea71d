/** What becomes of a task when one of its attempts ends. */
import { hash } from 'node:crypto'
import { type LogLine, MAX_RELEASES, type RetryPolicy, type TaskError } from '../api.ts'
import { specOf } from '../spec.ts'
import type { Report, TaskRow } from '../store.ts'
import type { Transaction } from './transaction.ts'
import { finish, requeue } from './transitions.ts'

const LOG_LINES_KEPT = 200

/** A failed attempt: another one by the policy, or the end. */
export function failAttempt(tx: Transaction, row: TaskRow, error: TaskError): void {
  const { retry } = specOf(row)
  row.errorJson = JSON.stringify(error)
  const isRetryable = error.retryable !== false && !retry.nonRetryable.includes(error.code)
  const isUsedUp = row.attempt >= retry.maxAttempts
  if (row.cancelRequestedAt !== null) finish(tx, row, { status: 'cancelled', error })
  else if (isRetryable && !isUsedUp) requeue(tx, row, tx.time.now + delayMs(retry, row.attempt, row.taskId))
  else finish(tx, row, { status: 'failed', error, isDeadLetter: isRetryable })
}

/** A task that its worker gives back: the attempt does not count, but how often that happens is bounded. */
export function giveBack(tx: Transaction, row: TaskRow): void {
  row.attempt--
  row.releases++
  const message = `Workers gave the task back more than ${MAX_RELEASES} times`
  const error = { code: 'RELEASED_TOO_OFTEN', message }
  if (row.cancelRequestedAt !== null) finish(tx, row, { status: 'cancelled' })
  else if (row.releases > MAX_RELEASES) finish(tx, row, { status: 'failed', error, isDeadLetter: true })
  else requeue(tx, row, null)
}

/**
 * Exponential backoff. The jitter comes from the task and the attempt, so that tasks that failed together do not come back together
 * and no randomness is needed.
 */
export function delayMs({ baseMs, factor, maxMs, jitter }: RetryPolicy, attempt: number, taskId: string): number {
  const full = Math.min(maxMs, baseMs * factor ** (attempt - 1))
  const spread = Number.parseInt(hash('sha256', `${taskId}/${attempt}`).slice(0, 8), 16) / 0xffff_ffff
  return Math.round(full * (1 - jitter * spread))
}

/** Keeps what a worker reports on its way. Answers whether there was anything. */
export function keepReport(row: TaskRow, { progress, logs }: Report): boolean {
  if (progress) row.progressJson = JSON.stringify(progress)
  if (logs.length > 0) {
    // Written here and by nothing else.
    const before = row.logsJson === null ? [] : (JSON.parse(row.logsJson) as LogLine[])
    row.logsJson = JSON.stringify([...before, ...logs].slice(-LOG_LINES_KEPT))
  }
  return progress !== null || logs.length > 0
}
