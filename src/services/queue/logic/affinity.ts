/** Affinities of tasks to a worker or session, which lapse when that has not been seen for long. */
import { AFFINITY_LAPSE_MS, PRIORITY } from '../api.ts'
import type { Pool } from '../store.ts'
import type { Tables } from '../tables.ts'
import { announce, type Transaction } from './transaction.ts'

/** `boundSeenAt` of a pool whose affinity has lapsed: who waits for work was told. */
const LAPSED = 0

/** By the steady clock. */
export const lapsesAt = ({ boundSeenAt }: Pool): number => boundSeenAt + AFFINITY_LAPSE_MS

interface Comer {
  workerId: string
  sessionId: string | null
}

/** Whether the worker is the one, or of the session, that the pool's tasks are bound to, where they are bound. */
export const isFor = ({ stickyWorkerId, sessionId }: Pool, comer: Comer): boolean =>
  (stickyWorkerId === null || stickyWorkerId === comer.workerId) &&
  (sessionId === null || sessionId === comer.sessionId)

/** Notes that somebody was here whom tasks are bound to. Who fits only one of two bindings does not hold up the other's lapse. */
export function seeBound({ tables, time }: Transaction, comer: Comer): void {
  for (const pool of [...tables.pools()]) {
    if (isBound(pool) && isFor(pool, comer)) tables.putPool({ ...pool, boundSeenAt: time.steady })
  }
}

/** When the next affinity lapses that tasks wait by. */
export function nextLapse({ tables }: Pick<Transaction, 'tables'>): number | undefined {
  const times = [...tables.pools()].filter(isHeld).map(lapsesAt)
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b))
}

/** Tells those who wait for work what is now for everybody. */
export function lapse(tx: Transaction): void {
  const { tables, time } = tx
  for (const pool of [...tables.pools()]) {
    if (!isHeld(pool) || time.steady < lapsesAt(pool)) continue
    tables.putPool({ ...pool, boundSeenAt: LAPSED })
    const row = tables.firstReady(pool.poolId, PRIORITY.max)
    if (row) announce(tx, row, 'ready')
  }
}

export function renewAffinities(tables: Tables, steady: number): void {
  for (const pool of [...tables.pools()]) if (isHeld(pool)) tables.putPool({ ...pool, boundSeenAt: steady })
}

const isBound = ({ sessionId, stickyWorkerId }: Pool): boolean => sessionId !== null || stickyWorkerId !== null

const isHeld = (pool: Pool): boolean =>
  isBound(pool) && pool.state === 'open' && pool.waiting > 0 && pool.boundSeenAt !== LAPSED
