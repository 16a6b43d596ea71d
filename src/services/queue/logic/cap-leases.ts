/** What an opening of the store changes: the steady clock begins anew near the wall clock, which may have jumped meanwhile. */
import { specOf } from '../spec.ts'
import type { Time } from '../store.ts'
import type { Tables } from '../tables.ts'

/** No lease, attempt or affinity lasts longer from now than it would if it began now. */
export function capLeases(tables: Tables, { steady }: Time): void {
  for (const row of tables.expired(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    const { leaseUntil, attemptUntil } = row
    const { timeoutMs } = attemptUntil === null ? {} : specOf(row)
    if (attemptUntil !== null && timeoutMs !== undefined) row.attemptUntil = Math.min(attemptUntil, steady + timeoutMs)
    row.leaseUntil = Math.min(
      leaseUntil ?? steady,
      steady + (row.leaseMs ?? 0),
      row.attemptUntil ?? Number.POSITIVE_INFINITY
    )
    if (row.leaseUntil !== leaseUntil || row.attemptUntil !== attemptUntil) tables.update(row)
  }
  for (const pool of [...tables.pools()]) {
    if (pool.boundSeenAt > steady) tables.putPool({ ...pool, boundSeenAt: steady })
  }
}
