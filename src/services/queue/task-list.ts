/** Lists of tasks, in pages. A cursor is the place of the last task seen, bound to the filters that it began with. */
import { hash } from 'node:crypto'
import { AppError } from '../../core/errors.ts'
import { canonicalTaskType } from '../../domain/tasks/task-types.ts'
import type { TaskPage, TaskQuery } from './api.ts'
import type { RowPage, RowQuery } from './store.ts'
import { outlineOf } from './task-view.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

export function rowQuery(query: TaskQuery): RowQuery {
  const filters = {
    status: query.status ?? null,
    types: (query.types ?? []).map(canonicalTaskType),
    workerId: query.workerId ?? null,
    tags: query.tags ?? [],
    minPriority: query.minPriority ?? 0,
    workflowId: query.workflowId ?? null,
    order: query.order ?? 'oldest'
  }
  return {
    ...filters,
    limit: Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT),
    offset: query.offset ?? 0,
    after: query.cursor === undefined ? null : placeOf(query.cursor, keyOf(filters))
  }
}

export function pageOf({ rows, hasMore, total, isTotalExact }: RowPage, query: RowQuery): TaskPage {
  const last = rows.at(-1)
  const { limit: _limit, offset: _offset, after: _after, ...filters } = query
  return {
    tasks: rows.map(outlineOf),
    total,
    isTotalExact,
    ...(hasMore && last && { nextCursor: cursorOf(last.seq, keyOf(filters)) })
  }
}

type Filters = Omit<RowQuery, 'limit' | 'offset' | 'after'>

const keyOf = (filters: Filters): string => hash('sha256', JSON.stringify(filters)).slice(0, 16)

const cursorOf = (seq: number, key: string): string => Buffer.from(JSON.stringify([key, seq])).toString('base64url')

function placeOf(cursor: string, key: string): number {
  const [of, seq] = parse(cursor)
  if (of === key && typeof seq === 'number' && Number.isSafeInteger(seq)) return seq
  const message = 'The cursor belongs to another list; begin again without it'
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/cursor', message }] })
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
