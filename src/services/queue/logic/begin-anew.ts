/**
 * What an opening of the store changes: the steady clock begins anew near the wall clock, which may have jumped meanwhile, so it does
 * not say how long ago a lease, an attempt or an affinity began. They begin anew, since nobody could renew them meanwhile either.
 */
import { specOf } from '../spec.ts'
import type { Time } from '../store.ts'
import type { Tables } from '../tables.ts'
import { renewAffinities } from './affinity.ts'

export function beginAnew(tables: Tables, { steady }: Time): void {
  for (const row of tables.expired(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    const { timeoutMs } = specOf(row)
    row.attemptUntil = timeoutMs === undefined ? null : steady + timeoutMs
    row.leaseUntil = Math.min(steady + (row.leaseMs ?? 0), row.attemptUntil ?? Number.POSITIVE_INFINITY)
    tables.update(row)
  }
  renewAffinities(tables, steady)
}
