/** The queue's tables in memory. Rows that go in and out are copies, so that a change counts only after `update`. */
import { type FinalStatus, PRIORITY } from './api.ts'
import { matchesQuery } from './matches-query.ts'
import type { Due, Pool, RowPage, RowQuery, TaskRow, WorkerRow } from './store.ts'
import { emptyTally, poolKey, standing, type Tables, type Tally } from './tables.ts'
import { leaseToken } from './token.ts'

/** All that the tables hold, as plain values. */
export interface TablesImage {
  rows: TaskRow[]
  pools: Pool[]
  workers: WorkerRow[]
  tally: Tally
  lastSeq: number
  lastPoolId: number
  epoch: number
}

export interface MemoryTables extends Tables {
  /** A copy that nothing later changes. */
  image(): TablesImage
}

export function createMemoryTables(from?: TablesImage): MemoryTables {
  const image = from ? structuredClone(from) : undefined
  const rows = new Map<string, TaskRow>()
  const bySeq = new Map<number, string>()
  const identities = new Map<string, string>()
  const pools = new Map<number, Pool>()
  const openPools = new Map<string, number>()
  const workers = new Map<string, WorkerRow>()
  const ready = new Map<number, Sorted[]>()
  // Small parts of the tables, so that no question that every batch asks looks at every row.
  const running = new Set<string>()
  const delayed = new Set<string>()
  const dated = new Set<string>()
  const finished = { completed: new Sorted(), failed: new Sorted(), cancelled: new Sorted() }
  const byFinished = new Map<number, string>()
  const tally = image?.tally ?? emptyTally()
  const epoch = image?.epoch ?? 0
  let lastSeq = image?.lastSeq ?? 0
  let lastPoolId = image?.lastPoolId ?? 0
  let tokens = 0

  const readyOf = (poolId: number): Sorted[] => {
    const found = ready.get(poolId) ?? Array.from({ length: PRIORITY.max + 1 }, () => new Sorted())
    ready.set(poolId, found)
    return found
  }
  const isInReady = (row: TaskRow) => row.status === 'queued' && row.isReady === 1
  const rowOf = (seq: number | undefined): TaskRow | undefined => {
    const row = seq === undefined ? undefined : rows.get(bySeq.get(seq) ?? '')
    return row && { ...row }
  }
  const among = (taskIds: Iterable<string>): TaskRow[] =>
    [...taskIds].map(taskId => rows.get(taskId)).filter(row => row !== undefined)
  /** Those whose time has come, first come first. */
  const ended = (taskIds: Iterable<string>, timeOf: (row: TaskRow) => number | null, now: number, limit: number) =>
    among(taskIds)
      .filter(row => (timeOf(row) ?? Number.POSITIVE_INFINITY) <= now)
      .sort((a, b) => (timeOf(a) ?? 0) - (timeOf(b) ?? 0) || a.seq - b.seq)
      .slice(0, limit)
      .map(row => ({ ...row }))
  /** Not queued in a pool that was cleared. */
  const isOpen = (row: TaskRow) => row.status !== 'queued' || pools.get(row.poolId)?.state === 'open'

  function keep(row: TaskRow): void {
    rows.set(row.taskId, { ...row })
    bySeq.set(row.seq, row.taskId)
    if (row.identity !== null) identities.set(row.identity, row.taskId)
    if (isInReady(row)) readyOf(row.poolId)[row.priority]?.add(row.seq)
    else if (row.status === 'queued') delayed.add(row.taskId)
    if (row.status === 'running') running.add(row.taskId)
    if (row.finishedSeq !== null) {
      // Only final rows have a place in the order of finishing.
      finished[row.status as FinalStatus].add(row.finishedSeq)
      byFinished.set(row.finishedSeq, row.taskId)
    } else if (row.deadlineAt !== null) dated.add(row.taskId)
  }

  function drop(taskId: string): void {
    const row = rows.get(taskId)
    if (!row) return
    rows.delete(taskId)
    bySeq.delete(row.seq)
    if (row.identity !== null) identities.delete(row.identity)
    if (isInReady(row)) readyOf(row.poolId)[row.priority]?.delete(row.seq)
    for (const set of [running, delayed, dated]) set.delete(taskId)
    if (row.finishedSeq === null) return
    finished[row.status as FinalStatus].delete(row.finishedSeq)
    byFinished.delete(row.finishedSeq)
  }

  const tables: MemoryTables = {
    tally,
    nextToken: () => leaseToken(epoch, ++tokens),

    task(taskId) {
      const row = rows.get(taskId)
      return row && { ...row }
    },
    taskByIdentity(identity) {
      const row = rows.get(identities.get(identity) ?? '')
      return row && { ...row }
    },
    insert(fields) {
      const row = { ...fields, seq: ++lastSeq }
      keep(row)
      return row
    },
    update(row) {
      drop(row.taskId)
      keep(row)
    },
    remove: row => drop(row.taskId),

    firstReady(poolId, maxPriority) {
      const lists = readyOf(poolId)
      for (let priority = maxPriority; priority >= PRIORITY.min; priority--) {
        const seq = lists[priority]?.first()
        if (seq !== undefined) return rowOf(seq)
      }
      return undefined
    },
    oldestReady(poolId, maxPriority) {
      const firsts = readyOf(poolId)
        .slice(0, maxPriority + 1)
        .map(list => list.first())
        .filter(seq => seq !== undefined)
      return firsts.length === 0 ? undefined : rowOf(Math.min(...firsts))
    },
    readyBefore(priority, seq, limit) {
      let count = 0
      for (const pool of pools.values()) {
        if (pool.state === 'open') count += readyOf(pool.poolId)[priority]?.countBelow(seq) ?? 0
      }
      return count > limit ? undefined : count
    },

    expired: (steady, limit) => ended(running, row => row.leaseUntil, steady, limit),
    delayedUntil: (now, limit) => ended(delayed, row => row.notBefore, now, limit).filter(isOpen),
    pastDeadline: (now, limit) => ended(dated, row => row.deadlineAt, now, limit).filter(isOpen),
    inPool: (poolId, limit) =>
      among(rows.keys())
        .filter(row => row.status === 'queued' && row.poolId === poolId)
        .sort((a, b) => a.isReady - b.isReady || b.priority - a.priority || a.seq - b.seq)
        .slice(0, limit)
        .map(row => ({ ...row })),
    finishedUpTo: (status, finishedSeq, limit) =>
      among(finished[status].upTo(finishedSeq, limit).map(seq => byFinished.get(seq) ?? '')).map(row => ({ ...row })),
    runningOf: workerId =>
      among(running)
        .filter(row => row.workerId === workerId)
        .sort((a, b) => a.seq - b.seq)
        .map(row => ({ ...row })),
    runningCount: workerId => tables.runningOf(workerId).length,
    holdsBody: cid => rows.values().some(row => row.payloadCid === cid || row.resultCid === cid),
    nextDue: () => ({
      ...least('steady', among(running), row => row.leaseUntil),
      ...least('now', among([...delayed, ...dated]).filter(isOpen), row =>
        Math.min(
          row.deadlineAt ?? Infinity,
          row.status === 'queued' && !row.isReady ? (row.notBefore ?? Infinity) : Infinity
        )
      )
    }),

    pools: () => pools.values(),
    pool: poolId => pools.get(poolId),
    openPool: key => pools.get(openPools.get(key) ?? -1),
    putPool(pool) {
      pools.set(pool.poolId, pool)
      const key = poolKey(pool)
      if (pool.state === 'open') openPools.set(key, pool.poolId)
      else if (openPools.get(key) === pool.poolId) openPools.delete(key)
    },
    removePool(poolId) {
      const pool = pools.get(poolId)
      if (pool && openPools.get(poolKey(pool)) === poolId) openPools.delete(poolKey(pool))
      pools.delete(poolId)
      ready.delete(poolId)
    },
    newPoolId: () => ++lastPoolId,

    worker: workerId => workers.get(workerId),
    workers: () => workers.values(),
    putWorker: worker => void workers.set(worker.workerId, worker),
    removeWorker: workerId => void workers.delete(workerId),

    list: query => page(rows.values(), tables, query),

    image: () =>
      structuredClone({
        rows: [...rows.values()],
        pools: [...pools.values()],
        workers: [...workers.values()],
        tally,
        lastSeq,
        lastPoolId,
        epoch
      })
  }

  for (const pool of image?.pools ?? []) tables.putPool(pool)
  for (const row of image?.rows ?? []) keep(row)
  for (const worker of image?.workers ?? []) workers.set(worker.workerId, worker)
  return tables
}

function least(clock: keyof Due, rows: readonly TaskRow[], timeOf: (row: TaskRow) => number | null): Due {
  const at = rows.reduce((min, row) => Math.min(min, timeOf(row) ?? Infinity), Infinity)
  return at === Infinity ? {} : { [clock]: at }
}

function page(rows: Iterable<TaskRow>, tables: Tables, query: RowQuery): RowPage {
  const isNewest = query.order === 'newest'
  const found = [...rows]
    .map(row => standing(tables, row))
    .filter(row => row !== undefined)
    .filter(row => matchesQuery(row, query))
    .sort((a, b) => (isNewest ? b.seq - a.seq : a.seq - b.seq))
  const { after } = query
  const rest = after === null ? found : found.filter(row => (isNewest ? row.seq < after : row.seq > after))
  const start = rest.slice(query.offset)
  return {
    rows: start.slice(0, query.limit).map(row => ({ ...row, payloadJson: null, resultJson: null, logsJson: null })),
    hasMore: start.length > query.limit,
    total: found.length,
    isTotalExact: true
  }
}

/** Numbers in order. New ones nearly always come at the end. */
class Sorted {
  readonly #values: number[] = []

  first(): number | undefined {
    return this.#values[0]
  }

  upTo(value: number, limit: number): number[] {
    return this.#values.slice(0, Math.min(this.countBelow(value + 1), limit))
  }

  add(value: number): void {
    this.#values.splice(this.countBelow(value), 0, value)
  }

  delete(value: number): void {
    const index = this.countBelow(value)
    if (this.#values[index] === value) this.#values.splice(index, 1)
  }

  countBelow(value: number): number {
    let low = 0
    let high = this.#values.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#values[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}
