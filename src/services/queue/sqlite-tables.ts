/**
 * The queue's tables over SQLite. Tasks are rows, found by the indexes of the schema: each question names its index, so that none
 * can come to look at every row. Pools, workers and the tally are few: they are held here, and `flush` writes those that changed.
 */
import type { DatabaseSync } from 'node:sqlite'
import { PRIORITY } from './api.ts'
import { createSqliteList } from './sqlite-list.ts'
import { insertRow, selectRow, selectRows, updateRow } from './sqlite-rows.ts'
import type { Due, Pool, WorkerRow } from './store.ts'
import { emptyTally, poolKey, type Tables, type Tally } from './tables.ts'
import { leaseToken, nextEpoch } from './token.ts'

export interface SqliteTables extends Tables {
  /** Begins the next epoch. In the transaction of the first batch, before any token is made. */
  beginEpoch(now: number): void
  /** Writes what is held here and has changed. At the end of a transaction. */
  flush(): void
}

/** Over a file of the newest version. Valid until a transaction is rolled back. */
export function createSqliteTables(database: DatabaseSync): SqliteTables {
  const pools = new Map<number, Pool>()
  const openPools = new Map<string, number>()
  const changedPools = new Set<number>()
  const workers = new Map<string, WorkerRow>()
  const changedWorkers = new Set<string>()
  const marks = createMarks(database)
  const counters = { epoch: 0, lastSeq: 0, lastPoolId: 0, ...marks.read<object>('counters') }
  const tally: Tally = {
    ...emptyTally(),
    ...marks.read<Partial<Tally>>('tally'),
    orphans: marks.read<string[]>('orphans') ?? [],
    minutes: jsonColumn<Tally['minutes'][number]>('SELECT minute_json FROM minutes ORDER BY minute')
  }
  let writtenOrphans = { list: tally.orphans, length: tally.orphans.length }
  let tokens = 0

  function jsonColumn<T>(text: string): T[] {
    // Written by `flush` as the type says.
    return database
      .prepare(text)
      .all()
      .map(row => JSON.parse(String(Object.values(row)[0])) as T)
  }

  function hold(pool: Pool): void {
    pools.set(pool.poolId, pool)
    const key = poolKey(pool)
    if (pool.state === 'open') openPools.set(key, pool.poolId)
    else if (openPools.get(key) === pool.poolId) openPools.delete(key)
  }
  for (const pool of jsonColumn<Pool>('SELECT pool_json FROM pools ORDER BY pool_id')) hold(pool)
  for (const worker of jsonColumn<WorkerRow>('SELECT worker_json FROM workers')) workers.set(worker.workerId, worker)

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
  const runningOf = selectRows(
    database,
    `INDEXED BY by_worker WHERE status = 'running' AND assigned_worker = ? ORDER BY seq`
  )
  const runningCount = number(
    `SELECT count(*) FROM tasks INDEXED BY by_worker WHERE status = 'running' AND assigned_worker = ?`
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
  const putPool = database.prepare('INSERT OR REPLACE INTO pools VALUES (?, ?)')
  const removePool = database.prepare('DELETE FROM pools WHERE pool_id = ?')
  const putWorker = database.prepare('INSERT OR REPLACE INTO workers VALUES (?, ?)')
  const putMinute = database.prepare('INSERT OR REPLACE INTO minutes VALUES (?, ?)')
  const removeMinutes = database.prepare('DELETE FROM minutes WHERE minute < ?')
  let lastMinute = JSON.stringify(tally.minutes.at(-1))

  /** The one value of a row of one column; null if there is none. */
  function number(text: string): (...params: (string | number)[]) => number | null {
    const statement = database.prepare(text)
    statement.setReturnArrays(true)
    // With arrays asked for, a row is its values, and these columns are numbers.
    return (...params) => (statement.get(...params) as unknown as [number | null] | undefined)?.[0] ?? null
  }

  const isOpen = (row: { status: string; poolId: number }) =>
    row.status !== 'queued' || pools.get(row.poolId)?.state === 'open'

  const tables: SqliteTables = {
    tally,
    beginEpoch(now) {
      counters.epoch = nextEpoch(counters.epoch, now)
    },
    nextToken: () => leaseToken(counters.epoch, ++tokens),

    task,
    taskByIdentity,
    insert(fields) {
      const row = { ...fields, seq: ++counters.lastSeq }
      insert(row)
      return row
    },
    update,
    remove: row => void remove.run(row.seq),

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
    runningOf,
    runningCount: workerId => runningCount(workerId) ?? 0,
    holdsBody: cid => holdsBody(cid) === 1,
    nextDue() {
      // What waits in a pool that was cleared may be among these: then there is a sweep at once anyway.
      const steady = nextLease()
      const times = [nextReady(), nextDeadline()].filter(time => time !== null)
      return { ...(steady !== null && { steady }), ...(times.length > 0 && { now: Math.min(...times) }) } satisfies Due
    },

    pools: () => pools.values(),
    pool: poolId => pools.get(poolId),
    openPool: demands => pools.get(openPools.get(poolKey(demands)) ?? -1),
    putPool(pool) {
      hold(pool)
      changedPools.add(pool.poolId)
    },
    removePool(poolId) {
      const pool = pools.get(poolId)
      if (pool && openPools.get(poolKey(pool)) === poolId) openPools.delete(poolKey(pool))
      pools.delete(poolId)
      changedPools.add(poolId)
    },
    newPoolId: () => ++counters.lastPoolId,

    worker: workerId => workers.get(workerId),
    workers: () => workers.values(),
    putWorker(worker) {
      workers.set(worker.workerId, worker)
      changedWorkers.add(worker.workerId)
    },

    list: createSqliteList(database, { pools, tally }),

    flush() {
      for (const poolId of changedPools) {
        const pool = pools.get(poolId)
        if (pool) putPool.run(poolId, JSON.stringify(pool))
        else removePool.run(poolId)
      }
      for (const workerId of changedWorkers) putWorker.run(workerId, JSON.stringify(workers.get(workerId)))
      changedPools.clear()
      changedWorkers.clear()
      marks.write('counters', counters)
      const { orphans, minutes, ...small } = tally
      marks.write('tally', small)
      // The list only grows at its end, or is another list.
      if (orphans !== writtenOrphans.list || orphans.length !== writtenOrphans.length) {
        marks.write('orphans', orphans)
        writtenOrphans = { list: orphans, length: orphans.length }
      }
      writeMinutes(minutes)
    }
  }

  /** Only the newest minute ever changes. */
  function writeMinutes(minutes: Tally['minutes']): void {
    const newest = minutes.at(-1)
    const text = JSON.stringify(newest)
    if (!newest || text === lastMinute) return
    lastMinute = text
    putMinute.run(newest.minute, text)
    removeMinutes.run(minutes[0]?.minute ?? 0)
  }

  return tables
}

/** Small values by name, each one JSON text, written when it has changed. */
function createMarks(database: DatabaseSync) {
  const select = database.prepare('SELECT mark_json FROM marks WHERE name = ?')
  const replace = database.prepare('INSERT OR REPLACE INTO marks VALUES (?, ?)')
  const written = new Map<string, string>()
  return {
    read<T>(name: string): T | undefined {
      const text = select.get(name)?.mark_json
      if (typeof text !== 'string') return undefined
      written.set(name, text)
      // Written below, from the type that its reader names.
      return JSON.parse(text) as T
    },
    write(name: string, value: object): void {
      const text = JSON.stringify(value)
      if (written.get(name) === text) return
      written.set(name, text)
      replace.run(name, text)
    }
  }
}
