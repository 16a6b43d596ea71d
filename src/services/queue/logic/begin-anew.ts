/** What an opening of the store does to the times that run by the steady clock. */
import { specOf } from '../spec.ts'
import type { Operations } from '../store.ts'
import { renewAffinities } from './affinity.ts'
import type { Transaction } from './transaction.ts'

export function beginAnew(tx: Transaction): Operations['beginAnew']['answer'] {
  const { tables, time } = tx
  for (const row of tables.expired(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    const { timeoutMs } = specOf(row)
    row.attemptUntil = timeoutMs === undefined ? null : time.steady + timeoutMs
    row.leaseUntil = Math.min(time.steady + (row.leaseMs ?? 0), row.attemptUntil ?? Number.POSITIVE_INFINITY)
    tables.update(row)
  }
  renewAffinities(tx)
  return {}
}
