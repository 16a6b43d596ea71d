/** From tallies to what `stats` answers. */
import type { QueueStats } from './api.ts'
import type { StatsRow } from './store.ts'

const MINUTE_MS = 60_000
/** Of full minutes that the throughput is the mean of. */
const THROUGHPUT_MINUTES = 5

export function statsView(
  { reason, since, waits, waitMs, runs, runMs, history, ...stats }: StatsRow,
  now: number
): QueueStats {
  const thisMinute = Math.floor(now / MINUTE_MS)
  const recent = history.filter(({ minute }) => minute >= thisMinute - THROUGHPUT_MINUTES && minute < thisMinute)
  const finished = recent.reduce((sum, { completed, failed, cancelled }) => sum + completed + failed + cancelled, 0)
  return {
    ...stats,
    ...(reason !== null && { reason }),
    ...(since !== null && { since }),
    ...(waits > 0 && { meanWaitMs: waitMs / waits }),
    ...(runs > 0 && { meanRunMs: runMs / runs }),
    throughput: finished / ((THROUGHPUT_MINUTES * MINUTE_MS) / 1000),
    history
  }
}
