/** What happens by itself as time goes on, in steps of bounded size. */
import { FINAL_STATUSES } from '../api.ts'
import type { Due, Operations, TaskRow } from '../store.ts'
import { lapse, nextLapse } from './affinity.ts'
import { missDeadline } from './claim.ts'
import { expire, retireIfDrained } from './settle.ts'
import type { Transaction } from './transaction.ts'
import { finishCleared, forget, makeReady, removeFinal } from './transitions.ts'

export function sweep(
  tx: Transaction,
  { limit, keepFinishedMs, keepFinished, unpinned }: Operations['sweep']['input']
): Operations['sweep']['answer'] {
  const { tables, time } = tx
  for (const row of tables.expired(time.steady, limit)) expire(tx, row)
  for (const row of tables.pastDeadline(time.now, limit)) {
    const { workerId } = row
    missDeadline(tx, row)
    retireIfDrained(tx, workerId)
  }
  for (const row of tables.delayedUntil(time.now, limit)) makeReady(tx, row)
  lapse(tx)
  emptyPools(tx, limit)
  removeGone(tx, limit)
  removeOld(tx, { keepFinishedMs, keepFinished, limit })
  forgetWorkers(tx, keepFinishedMs)
  const { tally } = tables
  tally.orphans = [...new Set(tally.orphans)].filter(cid => !unpinned.includes(cid) && !tables.holdsBody(cid))
  return { orphans: tally.orphans.slice(0, limit) }
}

/** When the next sweep has something to do; now if clearing has left rows that are still to be taken away. */
export function nextSweep(tx: Transaction): Due {
  const { tables, time } = tx
  const due = tables.nextDue()
  const lapseAt = nextLapse(tx)
  return {
    ...due,
    ...(lapseAt !== undefined && { steady: Math.min(lapseAt, due.steady ?? lapseAt) }),
    ...(hasLeftovers(tx) && { now: time.now })
  }
}

function hasLeftovers({ tables }: Pick<Transaction, 'tables'>): boolean {
  for (const pool of tables.pools()) if (pool.state !== 'open') return true
  return FINAL_STATUSES.some(status => tables.finishedUpTo(status, tables.tally.goneUpTo[status], 1).length > 0)
}

/** Brings a clearing to the rows of its pools, and forgets pools that nothing waits in and nobody comes back to. */
function emptyPools(tx: Transaction, limit: number): void {
  const { tables } = tx
  let left = limit
  for (const pool of [...tables.pools()]) {
    const isBound = pool.sessionId !== null || pool.stickyWorkerId !== null
    if (pool.state === 'open') {
      if (isBound && pool.waiting === 0) tables.removePool(pool.poolId)
      continue
    }
    const rows = tables.inPool(pool.poolId, left)
    left -= rows.length
    for (const row of rows) {
      if (pool.state === 'dropped') forget(tx, row)
      else finishCleared(tx, row)
    }
    if (left === 0) return
    tables.removePool(pool.poolId)
  }
}

function removeGone(tx: Transaction, limit: number): void {
  const { tables } = tx
  for (const status of FINAL_STATUSES) {
    for (const row of tables.finishedUpTo(status, tables.tally.goneUpTo[status], limit)) removeFinal(tx, row)
  }
}

/** Finished tasks are kept for a time, and a number of them. */
function removeOld(
  tx: Transaction,
  { keepFinishedMs, keepFinished, limit }: { keepFinishedMs: number; keepFinished: number; limit: number }
): void {
  const { tables, time } = tx
  const { counts, finished } = tables.tally
  let excess = counts.completed + counts.failed + counts.cancelled - keepFinished
  const isOld = (row: TaskRow) => (row.finishedAt ?? time.now) < time.now - keepFinishedMs
  for (const status of FINAL_STATUSES) {
    const [oldest] = tables.finishedUpTo(status, finished, 1)
    if (!oldest || (excess <= 0 && !isOld(oldest))) continue
    for (const row of tables.finishedUpTo(status, finished, limit)) {
      if (excess <= 0 && !isOld(row)) break
      removeFinal(tx, row)
      excess--
    }
  }
}

/** Workers that were not seen for as long as finished tasks are kept: each start of a server may bring one of a new name. */
function forgetWorkers({ tables, time }: Transaction, keepMs: number): void {
  for (const { workerId, lastSeenAt } of [...tables.workers()]) {
    if (lastSeenAt < time.now - keepMs && tables.runningCount(workerId) === 0) tables.removeWorker(workerId)
  }
}
