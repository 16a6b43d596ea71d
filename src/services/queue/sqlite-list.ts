/**
 * Pages of tasks over SQLite. A list of a status or of a workflow reads its index from where the page before ended. Any other filter
 * is tried on one row after the other: such a page looks at every row if few of them match.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Held } from './sqlite-held.ts'
import { OUTLINE_COLUMNS, selectRows } from './sqlite-rows.ts'
import type { Pool, RowPage, RowQuery, TaskRow } from './store.ts'
import { standing, type Tally } from './tables.ts'

/** More matches than this are not counted. */
const COUNT_LIMIT = 10_000
/** Texts of queries that are kept prepared; there are more only if the filters vary more than callers do. */
const PREPARED_KEPT = 64

/** The condition of the index, which SQLite does not conclude from another status. */
const IN_INDEX = `status <> 'running'`

interface Part {
  where: string
  params: SQLInputValue[]
}

export function createSqliteList(database: DatabaseSync, held: Held): (query: RowQuery) => RowPage {
  const prepared = new Map<string, (...params: SQLInputValue[]) => TaskRow[]>()

  function select(text: string): (...params: SQLInputValue[]) => TaskRow[] {
    const found = prepared.get(text) ?? selectRows(database, text, OUTLINE_COLUMNS)
    if (prepared.size >= PREPARED_KEPT) prepared.clear()
    prepared.set(text, found)
    return found
  }

  function count(parts: readonly Part[]): { total: number; isTotalExact: boolean } {
    const matches = parts.map(({ where }) => `SELECT 1 FROM tasks ${where}`).join(' UNION ALL ')
    const found = database
      .prepare(`SELECT count(*) AS n FROM (${matches} LIMIT ?)`)
      .get(...parts.flatMap(({ params }) => params), COUNT_LIMIT + 1)
    const total = Number(found?.n)
    return { total: Math.min(total, COUNT_LIMIT), isTotalExact: total <= COUNT_LIMIT }
  }

  return query => {
    const parts = partsOf(query, held)
    const isNewest = query.order === 'newest'
    const end = `ORDER BY seq${isNewest ? ' DESC' : ''} LIMIT ? OFFSET ?`
    const page =
      query.after === null ? parts : parts.map(part => and(part, `seq ${isNewest ? '<' : '>'} ?`, query.after))
    const [first, ...more] = page.map(({ where }) => where)
    const text = [first, ...more.map(where => `UNION ALL SELECT ${OUTLINE_COLUMNS} FROM tasks ${where}`), end].join(' ')
    const found = select(text)(...page.flatMap(({ params }) => params), query.limit + 1, query.offset)
    const rows = found
      .slice(0, query.limit)
      .map(row => standing(tablesOf(held), row))
      .filter(row => row !== undefined)
    const known = totalOf(query, held.tally)
    return {
      rows,
      hasMore: found.length > query.limit,
      ...(known === undefined ? count(parts) : { total: known, isTotalExact: true })
    }
  }
}

const tablesOf = ({ pools, tally }: Held) => ({ pool: (poolId: number) => pools.get(poolId), tally })

/** What the tally knows without looking. */
function totalOf(
  { status, types, workerId, tags, minPriority, workflowId }: RowQuery,
  tally: Tally
): number | undefined {
  const isFiltered = types.length > 0 || workerId !== null || tags.length > 0 || minPriority > 0 || workflowId !== null
  if (isFiltered) return undefined
  if (status === 'dead_letter') return tally.deadLetters
  return status === null ? Object.values(tally.counts).reduce((sum, n) => sum + n, 0) : tally.counts[status]
}

/**
 * The rows that stand as this status, each part in the order of its index. Rows that a clearing has not reached yet count as what
 * it makes of them, as in `standing`.
 */
function partsOf(query: RowQuery, held: Held): Part[] {
  const { status } = query
  return byStatus(status, held, query.workflowId !== null).map(part => filter(part, query))
}

function byStatus(status: RowQuery['status'], { pools, tally }: Held, hasWorkflow: boolean): Part[] {
  const { goneUpTo } = tally
  const inState = (...states: Pool['state'][]) =>
    JSON.stringify([...pools.values()].filter(({ state }) => states.includes(state)).map(({ poolId }) => poolId))
  const from = (index: string) => (hasWorkflow ? 'INDEXED BY by_workflow' : index)
  const final = (name: 'completed' | 'failed' | 'cancelled'): Part => ({
    where: `${from('INDEXED BY by_status')} WHERE ${IN_INDEX} AND status = '${name}' AND finished_seq > ?`,
    params: [goneUpTo[name]]
  })
  const queued = (isIn: string, states: Pool['state'][]): Part => ({
    where: `${from('INDEXED BY by_status')} WHERE ${IN_INDEX} AND status = 'queued' AND pool_id ${isIn} (SELECT value FROM json_each(?))`,
    params: [inState(...states)]
  })
  switch (status) {
    case null:
      return [
        {
          where: `${from('NOT INDEXED')} WHERE (finished_seq IS NULL OR finished_seq >
              CASE status WHEN 'completed' THEN ? WHEN 'failed' THEN ? ELSE ? END)
            AND (status <> 'queued' OR pool_id NOT IN (SELECT value FROM json_each(?)))`,
          params: [goneUpTo.completed, goneUpTo.failed, goneUpTo.cancelled, inState('dropped')]
        }
      ]
    case 'queued':
      return [queued('NOT IN', ['cleared', 'dropped'])]
    case 'running':
      // Few at a time: they are sorted.
      return [{ where: `${from('INDEXED BY by_lease')} WHERE status = 'running'`, params: [] }]
    case 'dead_letter':
      return [
        {
          where: `${from('INDEXED BY by_dead_letter')} WHERE is_dead_letter = 1 AND finished_seq > ?`,
          params: [goneUpTo.failed]
        }
      ]
    case 'cancelled':
      return [final('cancelled'), queued('IN', ['cleared'])]
    default:
      return [final(status)]
  }
}

function filter(part: Part, { types, workerId, tags, minPriority, workflowId }: RowQuery): Part {
  let all = part
  if (workflowId !== null) all = and(all, 'workflow_id = ?', workflowId)
  if (types.length > 0) all = and(all, 'task_type IN (SELECT value FROM json_each(?))', JSON.stringify(types))
  if (workerId !== null) all = and(all, 'assigned_worker = ?', workerId)
  if (minPriority > 0) all = and(all, 'priority >= ?', minPriority)
  if (tags.length > 0) {
    const has = `SELECT value FROM json_each(spec_json, '$.tags')`
    all = and(all, `NOT EXISTS (SELECT 1 FROM json_each(?) WHERE value NOT IN (${has}))`, JSON.stringify(tags))
  }
  return all
}

const and = ({ where, params }: Part, condition: string, param: SQLInputValue): Part => ({
  where: `${where} AND ${condition}`,
  params: [...params, param]
})
