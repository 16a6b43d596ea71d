/**
 * The tables under the queue's logic: what each store gives it, synchronously, within a transaction. The logic in `logic/` is the
 * same over all of them; a table only finds and keeps rows.
 */
import { type FinalStatus, type MinuteStats, PRIORITY, type TaskStatus } from './api.ts'
import type { Demands, Due, Pool, RowPage, RowQuery, TaskRow, WorkerRow } from './store.ts'

export interface Tables {
  /** The next lease token: larger than every one before, in this epoch and all earlier ones. */
  nextToken(): string

  /** The row as it is kept; `standing` says what it counts as. What a caller changes in it counts after `update`. */
  task(taskId: string): TaskRow | undefined
  taskByIdentity(identity: string): TaskRow | undefined
  insert(row: Omit<TaskRow, 'seq'>): TaskRow
  update(row: TaskRow): void
  remove(row: TaskRow): void

  /** The first ready task of a pool: highest priority up to `maxPriority`, then lowest `seq`. */
  firstReady(poolId: number, maxPriority: number): TaskRow | undefined
  /** The ready task of a pool with the lowest `seq`, whatever its priority up to `maxPriority`. */
  oldestReady(poolId: number, maxPriority: number): TaskRow | undefined
  /** Ready tasks of open pools that come before this place; undefined beyond `limit`. */
  readyBefore(priority: number, seq: number, limit: number): number | undefined

  /** Running tasks whose lease or attempt has ended by `steady`, first ended first. */
  expired(steady: number, limit: number): TaskRow[]
  /** Queued tasks not ready whose time has come. */
  delayedUntil(now: number, limit: number): TaskRow[]
  /** Tasks not final whose deadline has passed. */
  pastDeadline(now: number, limit: number): TaskRow[]
  /** Queued tasks of a pool: those not ready first, then as they would be claimed. */
  inPool(poolId: number, limit: number): TaskRow[]
  /** Final tasks of a status up to a place in the order of finishing, oldest first. */
  finishedUpTo(status: FinalStatus, finishedSeq: number, limit: number): TaskRow[]
  /** By `seq`. */
  runningOf(workerId: string): TaskRow[]
  /** Whether any task still holds this body. */
  holdsBody(cid: string): boolean
  /** When the next lease, wait or deadline ends. */
  nextDue(): Due
  pools(): Iterable<Pool>
  pool(poolId: number): Pool | undefined
  /** By the text of its demands: see `poolKey`. */
  openPool(key: string): Pool | undefined
  /** Keeps a pool, new or changed. */
  putPool(pool: Pool): void
  removePool(poolId: number): void
  newPoolId(): number

  worker(workerId: string): WorkerRow | undefined
  workers(): Iterable<WorkerRow>
  putWorker(worker: WorkerRow): void
  removeWorker(workerId: string): void
  /** How many tasks it runs now. */
  runningCount(workerId: string): number

  /** The small numbers: changed in place, kept with the transaction. */
  readonly tally: Tally

  /** Rows as they stand, without payloads, results and logs. */
  list(query: RowQuery): RowPage
}

/** Counters and marks, so that no statistic and no clearing has to look at the tasks. */
export interface Tally {
  /** Claims ever made. */
  claims: number
  /** Tasks ever finished: the order of finishing. */
  finished: number
  /** Final tasks of a status up to this place in the order of finishing are gone. */
  goneUpTo: Record<FinalStatus, number>
  counts: Record<TaskStatus, number>
  deadLetters: number
  /** Ready tasks of open pools by priority. */
  ready: number[]
  runningByType: Record<string, number>
  pausedAt: number | null
  pauseReason: string | null
  waits: number
  waitMs: number
  runs: number
  runMs: number
  /** Bodies in blocks whose tasks were removed, until they are unpinned. */
  orphans: string[]
  /** The newest 60 minutes in which something happened, oldest first. */
  minutes: MinuteStats[]
}

export function emptyTally(): Tally {
  return {
    claims: 0,
    finished: 0,
    goneUpTo: { completed: 0, failed: 0, cancelled: 0 },
    counts: { queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 },
    deadLetters: 0,
    ready: new Array<number>(PRIORITY.max + 1).fill(0),
    runningByType: {},
    pausedAt: null,
    pauseReason: null,
    waits: 0,
    waitMs: 0,
    runs: 0,
    runMs: 0,
    orphans: [],
    minutes: []
  }
}

/** One text for each set of demands. */
export function poolKey({ type, requires, sessionId, stickyWorkerId }: Demands): string {
  return JSON.stringify([type, requires, sessionId, stickyWorkerId])
}

export function demandsIn(key: string): Demands {
  // Written by `poolKey` and by nothing else.
  const [type, requires, sessionId, stickyWorkerId] = JSON.parse(key) as [
    string,
    string[],
    string | null,
    string | null
  ]
  return { type, requires, sessionId, stickyWorkerId }
}

/** What a task is to everybody, whatever of a clearing has still to reach its row; undefined if it is gone. */
export function standing(tables: Pick<Tables, 'pool' | 'tally'>, row: TaskRow): TaskRow | undefined {
  if (row.finishedSeq !== null) {
    // A row has a place in the order of finishing only when it is final.
    return row.finishedSeq <= tables.tally.goneUpTo[row.status as FinalStatus] ? undefined : row
  }
  if (row.status !== 'queued') return row
  const pool = tables.pool(row.poolId)
  if (pool?.state === 'dropped') return undefined
  if (pool?.state !== 'cleared') return row
  const { clearedAt } = pool
  return {
    ...row,
    status: 'cancelled',
    cancelReason: CLEARED,
    finishedAt: clearedAt,
    updatedAt: clearedAt ?? row.updatedAt
  }
}

export const CLEARED = 'The queue was cleared'
