/**
 * The steps between the states of a task. Every change of a status goes through one of these, so that rows, pools and tallies
 * never part.
 *
 *   enter → queued ─ take → running ─ finish → completed | failed | cancelled
 *              ▲                │
 *              └──── requeue ───┘
 */
import { type FinalStatus, type MinuteStats, PRIORITY, type TaskError } from '../api.ts'
import { demandsOf, specOf } from '../spec.ts'
import type { Pool, TaskRow } from '../store.ts'
import { CLEARED, demandsIn, poolKey } from '../tables.ts'
import { announce, type Transaction } from './transaction.ts'

const MINUTE_MS = 60_000
const MINUTES_KEPT = 60

/** The open pool of these demands, with one more waiting in it. */
export function joinPool({ tables, time }: Transaction, demands: string): Pool {
  const pool = tables.openPool(demands) ?? {
    ...demandsIn(demands),
    poolId: tables.newPoolId(),
    state: 'open',
    clearedAt: null,
    waiting: 0,
    boundSeenAt: time.steady
  }
  pool.waiting++
  tables.putPool(pool)
  return pool
}

/** Counts a task that begins to wait. */
export function countWaiting({ tables: { tally } }: Transaction, { priority, isReady }: TaskRow): void {
  tally.counts.queued++
  if (isReady) addReady(tally.ready, priority, 1)
}

/** Uncounts a task that stops waiting, and takes it out of its pool. */
function leavePool({ tables }: Transaction, row: TaskRow): void {
  const pool = tables.pool(row.poolId)
  if (pool) {
    pool.waiting--
    tables.putPool(pool)
  }
  // What stands in a cleared pool was uncounted by the clearing.
  if (pool?.state !== 'open') return
  tables.tally.counts.queued--
  if (row.isReady) addReady(tables.tally.ready, row.priority, -1)
}

export function makeReady(tx: Transaction, row: TaskRow): void {
  row.isReady = 1
  row.claimsBefore = tx.tables.tally.claims
  if (tx.tables.pool(row.poolId)?.state === 'open') addReady(tx.tables.tally.ready, row.priority, 1)
  tx.tables.update(row)
  announce(tx, row, 'ready')
}

export function changePriority(tx: Transaction, row: TaskRow, priority: number): void {
  const { ready } = tx.tables.tally
  if (row.status === 'queued' && row.isReady) {
    addReady(ready, row.priority, -1)
    addReady(ready, priority, 1)
  }
  row.priority = priority
  row.updatedAt = tx.time.now
  tx.tables.update(row)
}

/** Queued to running. */
export function take(
  tx: Transaction,
  row: TaskRow,
  { workerId, leaseMs }: { workerId: string; leaseMs: number }
): void {
  const { tables, time } = tx
  const { tally } = tables
  leavePool(tx, row)
  tally.claims++
  tally.counts.running++
  tally.runningByType[row.type] = (tally.runningByType[row.type] ?? 0) + 1
  tally.waits++
  tally.waitMs += Math.max(0, time.now - Math.max(row.createdAt, row.notBefore ?? 0))
  const { timeoutMs } = specOf(row)
  row.status = 'running'
  row.attempt++
  row.workerId = workerId
  row.leaseToken = tables.nextToken()
  row.leaseMs = leaseMs
  row.attemptUntil = timeoutMs === undefined ? null : time.steady + timeoutMs
  row.leaseUntil = Math.min(time.steady + leaseMs, row.attemptUntil ?? Number.POSITIVE_INFINITY)
  row.heartbeatAt = time.now
  row.startedAt = time.now
  row.updatedAt = time.now
  row.progressJson = null
  tables.update(row)
  announce(tx, row, 'claimed')
}

/** Running to queued, for another attempt at `notBefore`, or at once. */
export function requeue(tx: Transaction, row: TaskRow, notBefore: number | null): void {
  const { tables, time } = tx
  stopRunning(tx, row)
  row.status = 'queued'
  row.workerId = null
  row.poolId = joinPool(tx, poolKey(demandsOf(row.type, specOf(row)))).poolId
  row.notBefore = notBefore ?? row.notBefore
  row.isReady = notBefore === null || notBefore <= time.now ? 1 : 0
  row.claimsBefore = tables.tally.claims
  row.updatedAt = time.now
  countWaiting(tx, row)
  tables.update(row)
  announce(tx, row, 'requeued')
}

export interface Ending {
  status: FinalStatus
  error?: TaskError
  resultJson?: string | null
  resultCid?: string | null
  isDeadLetter?: boolean
  /** When it ended; now if absent. */
  at?: number
}

/** To a final status, from queued or running. */
export function finish(tx: Transaction, row: TaskRow, ending: Ending): void {
  const { tables, time } = tx
  const { tally } = tables
  const isUncounted = row.status === 'queued' && tables.pool(row.poolId)?.state === 'cleared'
  if (row.status === 'running') stopRunning(tx, row)
  else leavePool(tx, row)
  if (!isUncounted) {
    tally.counts[ending.status]++
    count(tx, ending.status)
  }
  if (ending.isDeadLetter) tally.deadLetters++
  row.status = ending.status
  row.isReady = 0
  row.finishedSeq = ++tally.finished
  row.finishedAt = ending.at ?? time.now
  row.updatedAt = row.finishedAt
  row.isDeadLetter = ending.isDeadLetter ? 1 : 0
  row.resultJson = ending.resultJson ?? null
  row.resultCid = ending.resultCid ?? null
  if (ending.error) row.errorJson = JSON.stringify(ending.error)
  tables.update(row)
  announce(tx, row, 'finished')
}

/** Brings to the row of a task what the clearing of its pool has made of it. */
export function finishCleared(tx: Transaction, row: TaskRow): void {
  row.cancelReason = CLEARED
  finish(tx, row, { status: 'cancelled', at: tx.tables.pool(row.poolId)?.clearedAt ?? tx.time.now })
}

/** Removes a final task. */
export function removeFinal(tx: Transaction, row: TaskRow): void {
  const { tables } = tx
  // The gone ones were uncounted when the mark was set.
  const { tally } = tables
  const status = row.status as FinalStatus
  if ((row.finishedSeq ?? 0) > tally.goneUpTo[status]) {
    tally.counts[status]--
    if (row.isDeadLetter) tally.deadLetters--
  }
  forget(tx, row)
}

/** Removes a row that is counted nowhere any more. */
export function forget(tx: Transaction, row: TaskRow): void {
  const { tables } = tx
  tables.remove(row)
  for (const cid of [row.payloadCid, row.resultCid]) if (cid !== null) tables.tally.orphans.push(cid)
  announce(tx, row, 'removed')
}

/** Counts something that happened, in its minute. */
export function count(
  { tables: { tally }, time }: Transaction,
  what: Exclude<keyof MinuteStats, 'minute'>,
  by = 1
): void {
  const minute = Math.floor(time.now / MINUTE_MS)
  let last = tally.minutes.at(-1)
  // A clock that went back counts in the newest minute that there is.
  if (!last || last.minute < minute) {
    last = { minute, submitted: 0, completed: 0, failed: 0, cancelled: 0 }
    tally.minutes.push(last)
    if (tally.minutes.length > MINUTES_KEPT) tally.minutes.shift()
  }
  last[what] += by
}

function stopRunning({ tables: { tally }, time }: Transaction, row: TaskRow): void {
  tally.counts.running--
  const left = (tally.runningByType[row.type] ?? 0) - 1
  if (left > 0) tally.runningByType[row.type] = left
  else delete tally.runningByType[row.type]
  tally.runs++
  tally.runMs += Math.max(0, time.now - (row.startedAt ?? time.now))
  row.leaseToken = null
  row.leaseUntil = null
  row.attemptUntil = null
}

function addReady(ready: number[], priority: number, by: number): void {
  ready[priority] = (ready[priority] ?? 0) + by
}

/** How many ready tasks have this priority or a higher one. */
export function readyFrom(ready: readonly number[], priority: number): number {
  let sum = 0
  for (let at = priority; at <= PRIORITY.max; at++) sum += ready[at] ?? 0
  return sum
}
