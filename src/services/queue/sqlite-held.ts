/**
 * What SQLite tables hold in memory and write when it changed: pools, workers and the tally, each value a row of its name and its
 * JSON. All lie in one small table, so that a transaction touches few pages for them.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { MinuteStats } from './api.ts'
import type { Pool, WorkerRow } from './store.ts'
import { emptyTally, poolKey, type Tally } from './tables.ts'

export interface Counters {
  epoch: number
  lastSeq: number
  lastPoolId: number
}

export interface Held {
  readonly pools: ReadonlyMap<number, Pool>
  readonly workers: ReadonlyMap<string, WorkerRow>
  /** Changed in place. */
  readonly counters: Counters
  readonly tally: Tally
  openPool(key: string): Pool | undefined
  putPool(pool: Pool): void
  removePool(poolId: number): void
  putWorker(worker: WorkerRow): void
  removeWorker(workerId: string): void
  /** Writes what has changed. */
  flush(): void
}

interface Counts {
  counters: Counters
  tally: Omit<Tally, 'orphans' | 'minutes'>
}

export function readHeld(database: DatabaseSync): Held {
  const stored = new Map<string, string>()
  for (const { name, value_json } of database.prepare('SELECT name, value_json FROM held ORDER BY name').iterate()) {
    stored.set(String(name), String(value_json))
  }
  // Written by `flush`, from the type that the reader of the name gives.
  const read = <T>(name: string): T | undefined => JSON.parse(stored.get(name) ?? 'null') ?? undefined
  const isThere = <T>(value: T | undefined): value is T => value !== undefined
  const readAll = <T>(prefix: string): T[] =>
    [...stored.keys()]
      .filter(name => name.startsWith(prefix))
      .map(name => read<T>(name))
      .filter(isThere)

  const pools = new Map<number, Pool>()
  const openPools = new Map<string, number>()
  const workers = new Map<string, WorkerRow>()
  const counters: Counters = { epoch: 0, lastSeq: 0, lastPoolId: 0, ...read<Counts>('counts')?.counters }
  const tally: Tally = {
    ...emptyTally(),
    ...read<Counts>('counts')?.tally,
    orphans: read<string[]>('orphans') ?? [],
    minutes: readAll<MinuteStats>('minute/').sort((a, b) => a.minute - b.minute)
  }
  for (const pool of readAll<Pool>('pool/').sort((a, b) => a.poolId - b.poolId)) hold(pool)
  for (const worker of readAll<WorkerRow>('worker/')) workers.set(worker.workerId, worker)

  const changedPools = new Set<number>()
  const changedWorkers = new Set<string>()
  const minutes = new Set(tally.minutes.map(({ minute }) => minute))
  let orphans = { list: tally.orphans, length: tally.orphans.length }
  let counts = stored.get('counts')
  let newestMinute = JSON.stringify(tally.minutes.at(-1))
  stored.clear()

  const replace = database.prepare('INSERT OR REPLACE INTO held VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM held WHERE name = ?')

  function hold(pool: Pool): void {
    pools.set(pool.poolId, pool)
    const key = poolKey(pool)
    if (pool.state === 'open') openPools.set(key, pool.poolId)
    else if (openPools.get(key) === pool.poolId) openPools.delete(key)
  }

  function flushPools(): void {
    for (const poolId of changedPools) {
      const pool = pools.get(poolId)
      if (pool) replace.run(`pool/${poolId}`, JSON.stringify(pool))
      else remove.run(`pool/${poolId}`)
    }
    changedPools.clear()
  }

  function flushWorkers(): void {
    for (const workerId of changedWorkers) {
      const worker = workers.get(workerId)
      if (worker) replace.run(`worker/${workerId}`, JSON.stringify(worker))
      else remove.run(`worker/${workerId}`)
    }
    changedWorkers.clear()
  }

  function flushCounts(): void {
    const { orphans: _apart, minutes: _too, ...small } = tally
    const text = JSON.stringify({ counters, tally: small } satisfies Counts)
    if (text === counts) return
    replace.run('counts', text)
    counts = text
  }

  /** The list only grows at its end, or is another list. */
  function flushOrphans(): void {
    if (tally.orphans === orphans.list && tally.orphans.length === orphans.length) return
    replace.run('orphans', JSON.stringify(tally.orphans))
    orphans = { list: tally.orphans, length: tally.orphans.length }
  }

  /** Only the newest minute ever changes. */
  function flushMinutes(): void {
    const newest = tally.minutes.at(-1)
    const text = JSON.stringify(newest)
    if (!newest || text === newestMinute) return
    replace.run(`minute/${newest.minute}`, text)
    newestMinute = text
    minutes.add(newest.minute)
    for (const minute of minutes) {
      if (minute >= (tally.minutes[0]?.minute ?? 0)) break
      remove.run(`minute/${minute}`)
      minutes.delete(minute)
    }
  }

  return {
    pools,
    workers,
    counters,
    tally,
    openPool: key => pools.get(openPools.get(key) ?? -1),
    putPool(pool) {
      // Only what counts is changed in place; another state is another object.
      if (pools.get(pool.poolId) !== pool) hold(pool)
      changedPools.add(pool.poolId)
    },
    removePool(poolId) {
      const pool = pools.get(poolId)
      if (pool && openPools.get(poolKey(pool)) === poolId) openPools.delete(poolKey(pool))
      pools.delete(poolId)
      changedPools.add(poolId)
    },
    putWorker(worker) {
      workers.set(worker.workerId, worker)
      changedWorkers.add(worker.workerId)
    },
    removeWorker(workerId) {
      workers.delete(workerId)
      changedWorkers.add(workerId)
    },
    flush() {
      flushPools()
      flushWorkers()
      flushCounts()
      flushOrphans()
      flushMinutes()
    }
  }
}
