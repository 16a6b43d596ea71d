/** Submitting, and submitting once more what has failed. */
import { AppError } from '../../../core/errors.ts'
import { demandsOf, specOf } from '../spec.ts'
import type { Entered, NewTask, Operations, TaskRow, TaskSpec } from '../store.ts'
import { poolKey, standing } from '../tables.ts'
import { taskState } from './refusals.ts'
import { announce, type Transaction } from './transaction.ts'
import { count, countWaiting, forget, joinPool, readyFrom } from './transitions.ts'

export function submit(tx: Transaction, { task }: Operations['submit']['input']): Entered {
  const known = [
    tx.tables.task(task.taskId),
    task.identity === null ? undefined : tx.tables.taskByIdentity(task.identity)
  ]
  const rows = known.filter(row => row !== undefined)
  for (const row of rows) {
    const stands = standing(tx.tables, row)
    if (stands) return replay(task, stands)
  }
  // Gone for everybody; only their rows are still to be removed, and their identities are free.
  for (const row of rows) if (tx.tables.task(row.taskId)) forget(tx, row)
  return enter(tx, task)
}

export function retry(
  tx: Transaction,
  { taskId, newTaskId, submitter, retry: changes }: Operations['retry']['input']
): Entered {
  const row = requireTask(tx, taskId)
  if (row.status !== 'failed' && row.status !== 'cancelled') throw taskState(row, 'be retried', 'failed or cancelled')
  const { idempotencyKey: _used, ...old } = specOf(row)
  const spec: TaskSpec = {
    ...old,
    submitter,
    retry: { ...old.retry, ...changes },
    retryOf: taskId,
    retryCount: (old.retryCount ?? 0) + 1
  }
  return enter(tx, {
    taskId: newTaskId,
    type: row.type,
    model: row.model,
    priority: row.priority,
    spec: JSON.stringify(spec),
    demands: poolKey(demandsOf(row.type, spec)),
    payloadJson: row.payloadJson,
    payloadCid: row.payloadCid,
    identity: null,
    workflowId: row.workflowId,
    notBefore: null,
    deadlineAt: null
  })
}

/** The task by its id, as it stands. NOT_FOUND. */
export function requireTask(tx: Transaction, taskId: string): TaskRow {
  return requireStanding(tx, taskId, tx.tables.task(taskId))
}

/** The same, of its row. */
export function requireStanding({ tables }: Transaction, taskId: string, kept: TaskRow | undefined): TaskRow {
  const row = kept && standing(tables, kept)
  if (!row) throw new AppError('NOT_FOUND', `There is no task "${taskId}"; it may have been removed after it finished`)
  return row
}

function enter(tx: Transaction, task: NewTask): Entered {
  const { tables, time } = tx
  const { demands, ...columns } = task
  const isReady = task.notBefore === null || task.notBefore <= time.now ? 1 : 0
  const row = tables.insert({
    ...columns,
    status: 'queued',
    poolId: joinPool(tx, demands).poolId,
    isReady,
    attempt: 0,
    releases: 0,
    claimsBefore: tables.tally.claims,
    createdAt: time.now,
    updatedAt: time.now,
    startedAt: null,
    finishedAt: null,
    finishedSeq: null,
    workerId: null,
    leaseToken: null,
    leaseMs: null,
    leaseUntil: null,
    attemptUntil: null,
    heartbeatAt: null,
    settledToken: null,
    cancelRequestedAt: null,
    cancelReason: null,
    progressJson: null,
    logsJson: null,
    resultJson: null,
    resultCid: null,
    errorJson: null,
    isDeadLetter: 0
  })
  const position = isReady ? readyFrom(tables.tally.ready, row.priority) : null
  countWaiting(tx, row)
  count(tx, 'submitted')
  announce(tx, row, 'submitted')
  return { taskId: row.taskId, status: row.status, isReplay: false, position }
}

function replay(task: NewTask, row: TaskRow): Entered {
  // Payloads are canonical: the same is the same text, or the same block.
  const isSame =
    row.type === task.type &&
    row.model === task.model &&
    row.payloadJson === task.payloadJson &&
    row.payloadCid === task.payloadCid &&
    specOf(row).submitter.id === specOf(task).submitter.id
  if (!isSame) {
    const byId = row.taskId === task.taskId
    const path = byId ? '/task_id' : '/idempotency_key'
    const message = `This ${byId ? 'task id' : 'idempotency key'} stands for another task; choose another, or send the same type, model and payload`
    throw new AppError('IDEMPOTENCY_CONFLICT', message, {
      issues: [{ path, message }],
      details: { task_id: row.taskId }
    })
  }
  return { taskId: row.taskId, status: row.status, isReplay: true, position: null }
}
