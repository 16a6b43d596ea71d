/** Answers to what may be asked of a store, over any tables. */
import { POSITION_LIMIT } from '../api.ts'
import { typeOf } from '../spec.ts'
import type { Queries, Query, QueryKind, StatsRow } from '../store.ts'
import { standing, type Tables } from '../tables.ts'
import { stateOf } from './operate.ts'
import { readyFrom } from './transitions.ts'

type Readers = { [K in QueryKind]: (tables: Tables, query: Queries[K]['input']) => Queries[K]['answer'] }

const READERS: Readers = {
  task(tables, { taskId }) {
    const row = tables.task(taskId)
    return row && standing(tables, row)
  },
  position(tables, { taskId }) {
    const kept = tables.task(taskId)
    const row = kept && standing(tables, kept)
    if (row?.status !== 'queued' || row.isReady === 0) return null
    const ahead = readyFrom(tables.tally.ready, row.priority + 1)
    if (ahead > POSITION_LIMIT) return null
    const beside = tables.readyBefore(row.priority, row.seq, POSITION_LIMIT - ahead)
    return beside === undefined ? null : ahead + beside
  },
  list: (tables, { query }) => tables.list(query),
  stats: statsOf,
  worker(tables, { workerId }) {
    const worker = tables.worker(workerId)
    return worker && { worker, running: tables.runningOf(workerId).map(row => row.taskId) }
  },
  workers: tables =>
    [...tables.workers()].map(worker => ({
      worker,
      running: tables.runningOf(worker.workerId).map(row => row.taskId)
    })),
  holdsBody: (tables, { cid }) => tables.holdsBody(cid)
}

export function answer<K extends QueryKind>(tables: Tables, query: Query<K>): Queries[K]['answer'] {
  // The table above has for each kind the reader of that kind, which an index by a union cannot say.
  const reader = READERS[query.kind] as (tables: Tables, query: Query<K>) => Queries[K]['answer']
  return reader(tables, query)
}

function statsOf(tables: Tables): StatsRow {
  const { tally } = tables
  const byType: StatsRow['byType'] = {}
  const of = (type: string) => {
    byType[type] ??= { queued: 0, running: 0 }
    return byType[type]
  }
  for (const pool of tables.pools())
    if (pool.state === 'open' && pool.waiting > 0) of(typeOf(pool.type)).queued += pool.waiting
  for (const [type, running] of Object.entries(tally.runningByType)) of(type).running = running
  const { counts, deadLetters, waits, waitMs, runs, runMs, minutes } = tally
  return {
    ...stateOf(tables),
    counts: { ...counts },
    deadLetters,
    byType,
    waits,
    waitMs,
    runs,
    runMs,
    history: minutes.map(minute => ({ ...minute }))
  }
}
