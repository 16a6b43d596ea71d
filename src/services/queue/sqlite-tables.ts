/**
 * The queue's tables over SQLite. Tasks are rows, found by the indexes of the schema: each question names its index, so that none
 * can come to look at every row. Pools, workers and the tally are few: see `sqlite-held.ts`.
 */
import type { DatabaseSync } from 'node:sqlite'
import { PRIORITY } from './api.ts'
import { createRunningRows } from './running-rows.ts'
import { readHeld } from './sqlite-held.ts'
import { createSqliteList } from './sqlite-list.ts'
import { insertRow, selectRow, selectRows, updateRow } from './sqlite-rows.ts'
import type { Due } from './store.ts'
import type { Tables } from './tables.ts'
import { leaseToken, nextEpoch } from './token.ts'

export interface SqliteTables extends Tables {
  /** Begins the next epoch. In the transaction of the first batch, before any token is made. */
  beginEpoch(now: number): void
  /** Writes what is held in memory and has changed. At the end of a transaction. */
  flush(): void
}

/** Over a file of the newest version. Valid until a transaction is rolled back. */
export function createSqliteTables(database: DatabaseSync): SqliteTables {
  const held = readHeld(database)
  const { pools, workers, counters, tally } = held
  let tokens = 0

  const insert = insertRow(database)
  const update = updateRow(database)
  const remove = database.prepare('DELETE FROM tasks WHERE seq = ?')
  const task = selectRow(database, 'INDEXED BY by_task_id WHERE task_id = ?')
  const taskByIdentity = selectRow(database, 'INDEXED BY by_identity WHERE idempotency_identity = ?')
  const bySeq = selectRow(database, 'WHERE seq = ?')
  const ready = `tasks INDEXED BY by_pool WHERE status = 'queued' AND is_ready = 1 AND pool_id = ?`
  const firstReady = selectRow(
    database,
    `INDEXED BY by_pool WHERE status = 'queued' AND is_ready = 1 AND pool_id = ? AND priority <= ?
     ORDER BY priority DESC, seq LIMIT 1`
  )
  const firstOfPriority = number(`SELECT min(seq) FROM ${ready} AND priority = ?`)
  const countReady = number(`SELECT count(*) FROM (SELECT 1 FROM ${ready} AND priority = ? AND seq < ? LIMIT ?)`)
  const expired = selectRows(
    database,
    `INDEXED BY by_lease WHERE status = 'running' AND lease_until <= ? ORDER BY lease_until, seq LIMIT ?`
  )
  const delayedUntil = selectRows(
    database,
    `INDEXED BY by_delay WHERE status = 'queued' AND is_ready = 0 AND next_attempt_at <= ?
     ORDER BY next_attempt_at, seq LIMIT ?`
  )
  const pastDeadline = selectRows(
    database,
    `INDEXED BY by_deadline WHERE deadline_at <= ? AND finished_seq IS NULL ORDER BY deadline_at, seq LIMIT ?`
  )
  const inPool = selectRows(
    database,
    `INDEXED BY by_pool WHERE status = 'queued' AND pool_id = ? ORDER BY is_ready, priority DESC, seq LIMIT ?`
  )
  const finishedUpTo = selectRows(
    database,
    `INDEXED BY by_finish WHERE status = ? AND finished_seq <= ? ORDER BY finished_seq LIMIT ?`
  )
  const holdsBody = number(
    `SELECT EXISTS (SELECT 1 FROM tasks INDEXED BY by_payload_cid WHERE payload_cid = ?1)
         OR EXISTS (SELECT 1 FROM tasks INDEXED BY by_result_cid WHERE result_cid = ?1)`
  )
  const nextLease = number(`SELECT min(lease_until) FROM tasks INDEXED BY by_lease WHERE status = 'running'`)
  const nextReady = number(
    `SELECT min(next_attempt_at) FROM tasks INDEXED BY by_delay WHERE status = 'queued' AND is_ready = 0`
  )
  const nextDeadline = number(
    `SELECT min(deadline_at) FROM tasks INDEXED BY by_deadline WHERE deadline_at IS NOT NULL AND finished_seq IS NULL`
  )
  /** The one value of a row of one column; null if there is none. */
  function number(text: string): (...params: (string | number)[]) => number | null {
    const statement = database.prepare(text)
    statement.setReturnArrays(true)
    // With arrays asked for, a row is its values, and these columns are numbers.
    return (...params) => (statement.get(...params) as unknown as [number | null] | undefined)?.[0] ?? null
  }

  const isOpen = (row: { status: string; poolId: number }) =>
    row.status !== 'queued' || pools.get(row.poolId)?.state === 'open'

  const running = createRunningRows(
    database
      .prepare(`SELECT seq, assigned_worker FROM tasks INDEXED BY by_lease WHERE status = 'running'`)
      .all()
      .map(({ seq, assigned_worker }) => ({ seq: Number(seq), workerId: String(assigned_worker) }))
  )

  return {
    tally,
    beginEpoch(now) {
      counters.epoch = nextEpoch(counters.epoch, now)
    },
    nextToken: () => leaseToken(counters.epoch, ++tokens),

    task: taskId => running.copyOf(taskId) ?? task(taskId),
    taskByIdentity,
    insert(fields) {
      const row = { ...fields, seq: ++counters.lastSeq }
      insert(row)
      return row
    },
    update(row) {
      update(row)
      running.note(row)
    },
    remove(row) {
      remove.run(row.seq)
      running.drop(row)
    },

    firstReady,
    oldestReady(poolId, maxPriority) {
      let oldest: number | null = null
      for (let priority = PRIORITY.min; priority <= maxPriority; priority++) {
        const seq = firstOfPriority(poolId, priority)
        if (seq !== null && (oldest === null || seq < oldest)) oldest = seq
      }
      return oldest === null ? undefined : bySeq(oldest)
    },
    readyBefore(priority, seq, limit) {
      let count = 0
      for (const pool of pools.values()) {
        if (pool.state !== 'open' || pool.waiting === 0) continue
        count += countReady(pool.poolId, priority, seq, limit + 1 - count) ?? 0
        if (count > limit) return undefined
      }
      return count
    },

    expired,
    delayedUntil: (now, limit) => delayedUntil(now, limit).filter(isOpen),
    pastDeadline: (now, limit) => pastDeadline(now, limit).filter(isOpen),
    inPool,
    finishedUpTo: (status, finishedSeq, limit) => (finishedSeq === 0 ? [] : finishedUpTo(status, finishedSeq, limit)),
    runningOf: workerId =>
      running
        .of(workerId)
        .map(seq => bySeq(seq))
        .filter(row => row !== undefined),
    runningCount: running.count,
    holdsBody: cid => holdsBody(cid) === 1,
    nextDue() {
      // What waits in a pool that was cleared may be among these: then there is a sweep at once anyway.
      const steady = nextLease()
      const times = [nextReady(), nextDeadline()].filter(time => time !== null)
      return { ...(steady !== null && { steady }), ...(times.length > 0 && { now: Math.min(...times) }) } satisfies Due
    },

    pools: () => pools.values(),
    pool: poolId => pools.get(poolId),
    openPool: held.openPool,
    putPool: held.putPool,
    removePool: held.removePool,
    newPoolId: () => ++counters.lastPoolId,

    worker: workerId => workers.get(workerId),
    workers: () => workers.values(),
    putWorker: held.putWorker,
    removeWorker: held.removeWorker,

    list: createSqliteList(database, held),

    flush: held.flush
  }
}
