/** What an operator or the submitter may do: cancel, reprioritize, remove, pause, resume, clear. */
import type { FinalStatus } from '../api.ts'
import type { Operations, QueueStateRow } from '../store.ts'
import type { Tables } from '../tables.ts'
import { taskState } from './refusals.ts'
import { retireIfDrained } from './settle.ts'
import { requireTask } from './submit.ts'
import { announce, type Transaction } from './transaction.ts'
import { changePriority, count, finish, finishCleared, removeFinal } from './transitions.ts'

export function cancel(
  tx: Transaction,
  { taskId, reason, force }: Operations['cancel']['input']
): Operations['cancel']['answer'] {
  const { tables, time } = tx
  const row = requireTask(tx, taskId)
  if (row.status !== 'queued' && row.status !== 'running') throw taskState(row, 'be cancelled', 'queued or running')
  row.cancelReason = reason ?? row.cancelReason
  row.cancelRequestedAt ??= time.now
  const { workerId } = row
  if (row.status === 'queued' || force) {
    finish(tx, row, { status: 'cancelled' })
    retireIfDrained(tx, workerId)
  } else {
    row.updatedAt = time.now
    tables.update(row)
    announce(tx, row, 'cancel-requested')
  }
  return { row }
}

export function reprioritize(
  tx: Transaction,
  { taskId, priority }: Operations['reprioritize']['input']
): Operations['reprioritize']['answer'] {
  const row = requireTask(tx, taskId)
  if (row.status !== 'queued' && row.status !== 'running') {
    throw taskState(row, 'change its priority', 'queued or running')
  }
  const oldPriority = row.priority
  changePriority(tx, row, priority)
  return { row, oldPriority }
}

export function remove(tx: Transaction, { taskId }: Operations['remove']['input']): Operations['remove']['answer'] {
  const row = requireTask(tx, taskId)
  if (row.status === 'queued' || row.status === 'running') throw taskState(row, 'be removed', 'final; cancel it first')
  const kept = tx.tables.task(taskId)
  // In a cleared pool its row still says queued: it becomes final first.
  if (kept?.status === 'queued') {
    finishCleared(tx, kept)
  }
  removeFinal(tx, kept ?? row)
  return { row }
}

export function pause(tx: Transaction, { reason }: Operations['pause']['input']): QueueStateRow {
  const { tally } = tx.tables
  tally.pausedAt ??= tx.time.now
  tally.pauseReason = reason ?? tally.pauseReason
  return stateOf(tx.tables)
}

export function resume(tx: Transaction): QueueStateRow {
  const { tally } = tx.tables
  tally.pausedAt = null
  tally.pauseReason = null
  return stateOf(tx.tables)
}

export function stateOf({ tally }: Pick<Tables, 'tally'>): QueueStateRow {
  return {
    isPaused: tally.pausedAt !== null,
    reason: tally.pauseReason,
    since: tally.pausedAt,
    queued: tally.counts.queued,
    running: tally.counts.running
  }
}

/** Sets a mark; `sweep` brings the rows after it. */
export function clear(tx: Transaction, { status }: Operations['clear']['input']): Operations['clear']['answer'] {
  const { tally } = tx.tables
  const cleared = tally.counts[status]
  if (status === 'queued') clearWaiting(tx)
  else clearFinal(tx, status)
  const remaining = Object.values(tally.counts).reduce((sum, n) => sum + n, 0)
  return { cleared, remaining }
}

function clearWaiting(tx: Transaction): void {
  const { tables, time } = tx
  const { tally } = tables
  for (const pool of [...tables.pools()]) {
    if (pool.state === 'open' && pool.waiting > 0) tables.putPool({ ...pool, state: 'cleared', clearedAt: time.now })
  }
  count(tx, 'cancelled', tally.counts.queued)
  tally.counts.cancelled += tally.counts.queued
  tally.counts.queued = 0
  tally.ready.fill(0)
}

function clearFinal({ tables }: Transaction, status: FinalStatus): void {
  const { tally } = tables
  tally.goneUpTo[status] = tally.finished
  tally.counts[status] = 0
  if (status === 'failed') tally.deadLetters = 0
  if (status !== 'cancelled') return
  for (const pool of [...tables.pools()]) if (pool.state === 'cleared') tables.putPool({ ...pool, state: 'dropped' })
}
