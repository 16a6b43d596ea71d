/** What the holder of a lease may do: renew it, finish the task, give it back. */
import type { ClaimTerms, Operations, ShownToken, TaskRow } from '../store.ts'
import { seeBound } from './affinity.ts'
import { failAttempt, giveBack, keepReport } from './attempts.ts'
import { claimFor, isOwner, seeWorker } from './claim.ts'
import { staleLease } from './refusals.ts'
import { requireStanding, requireTask } from './submit.ts'
import { announce, type Transaction } from './transaction.ts'
import { finish } from './transitions.ts'

export function heartbeat(
  tx: Transaction,
  { taskId, leaseToken, principal, leaseMs, report }: Operations['heartbeat']['input']
): Operations['heartbeat']['answer'] {
  const { tables, time } = tx
  const row = requireTask(tx, taskId)
  if (row.leaseToken !== leaseToken || isForeign(tx, row, principal)) throw staleLease(taskId, row.status)
  const renewedMs = leaseMs ?? row.leaseMs ?? 0
  row.leaseMs = renewedMs
  row.leaseUntil = Math.min(time.steady + renewedMs, row.attemptUntil ?? Number.POSITIVE_INFINITY)
  row.heartbeatAt = time.now
  const isNews = keepReport(row, report)
  tables.update(row)
  if (isNews) announce(tx, row, 'progress')
  const worker = row.workerId === null ? undefined : tables.worker(row.workerId)
  if (worker) {
    tables.putWorker({ ...worker, lastSeenAt: time.now })
    seeBound(tx, { workerId: worker.workerId, sessionId: null })
  }
  return { leaseMs: renewedMs, cancel: row.cancelRequestedAt === null ? null : { reason: row.cancelReason } }
}

export function complete(
  tx: Transaction,
  { taskId, leaseToken, principal, outcome, report, next }: Operations['complete']['input']
): Operations['complete']['answer'] {
  const kept = tx.tables.task(taskId)
  const row = requireStanding(tx, taskId, kept)
  // The answer to a completion was lost, and it is sent again: what it did stands.
  const isReplay = kept?.settledToken === leaseToken
  if ((!isReplay && row.leaseToken !== leaseToken) || isForeign(tx, row, principal))
    throw staleLease(taskId, row.status)
  const claims = next && !(isReplay && hasLeft(tx, next)) ? next : null
  if (claims) seeWorker(tx, claims)
  if (!isReplay) {
    keepReport(row, report)
    row.settledToken = leaseToken
    const workerId = row.workerId
    if (outcome.status === 'failed') failAttempt(tx, row, outcome.error)
    else if (outcome.status === 'completed') finish(tx, row, outcome)
    else {
      row.cancelReason = outcome.reason ?? row.cancelReason
      finish(tx, row, { status: 'cancelled' })
    }
    countForWorker(tx, workerId, outcome.status)
  }
  return { status: row.status, isReplay, next: claims ? claimFor(tx, claims).rows : [] }
}

/** Its last completion may have ended it: what that answered is answered again. */
const hasLeft = ({ tables }: Transaction, { workerId }: ClaimTerms): boolean =>
  tables.worker(workerId)?.status === 'unregistered'

export function release(
  tx: Transaction,
  { taskId, leaseToken, principal }: Operations['release']['input']
): Operations['release']['answer'] {
  const row = requireTask(tx, taskId)
  if (row.settledToken !== leaseToken) {
    if (row.leaseToken !== leaseToken || isForeign(tx, row, principal)) throw staleLease(taskId, row.status)
    row.settledToken = leaseToken
    const { workerId } = row
    giveBack(tx, row)
    retireIfDrained(tx, workerId)
  }
  return { status: row.status }
}

/** Whether a peer shows the token of a claim that was not its own. */
function isForeign({ tables }: Transaction, { workerId }: TaskRow, principal: ShownToken['principal']): boolean {
  if (principal?.kind !== 'peer' || workerId === null) return false
  const worker = tables.worker(workerId)
  return worker === undefined || !isOwner(worker, principal)
}

/** A lease that was not renewed in time, or an attempt that took too long. */
export function expire(tx: Transaction, row: TaskRow): void {
  const { workerId } = row
  const isTimeout = row.attemptUntil !== null && row.attemptUntil <= tx.time.steady
  failAttempt(
    tx,
    row,
    isTimeout
      ? { code: 'DEADLINE_EXCEEDED', message: 'The attempt took longer than the time limit of the task' }
      : { code: 'LEASE_EXPIRED', message: `Worker "${workerId}" did not renew its lease in time` }
  )
  retireIfDrained(tx, workerId)
}

function countForWorker(tx: Transaction, workerId: string | null, status: string): void {
  const worker = workerId === null ? undefined : tx.tables.worker(workerId)
  if (worker) {
    const { completed, failed } = worker
    tx.tables.putWorker({
      ...worker,
      lastSeenAt: tx.time.now,
      completed: completed + (status === 'completed' ? 1 : 0),
      failed: failed + (status === 'failed' ? 1 : 0)
    })
  }
  retireIfDrained(tx, workerId)
}

/** A draining worker is unregistered when its last task is off its hands. */
export function retireIfDrained({ tables }: Transaction, workerId: string | null): void {
  const worker = workerId === null ? undefined : tables.worker(workerId)
  if (worker?.status !== 'draining' || tables.runningCount(worker.workerId) > 0) return
  tables.putWorker({ ...worker, status: 'unregistered' })
}
