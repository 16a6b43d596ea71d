/**
 * Queries under handles: while one runs, others can look at it and cancel it; what it answered is read page by page.
 *
 * Guarantees:
 * - A query runs within the call that started it and ends with it; a cancelled one is interrupted in the engine and leaves nothing.
 * - A handle stands for one query over one state of its data: pages of a handle fit together, or INVALID_INPUT says that the data changed.
 * - The last MAX_HANDLES are known, until the process ends. One that runs is never forgotten.
 */
import type { Startable } from '../../core/startable.ts'
import type { Answer } from '../datasets/api.ts'

declare module '../../core/tool.ts' {
  interface Services {
    queries: Queries
  }
}

export const MAX_HANDLES = 256
export type QueryStatus = 'running' | 'completed' | 'failed' | 'cancelled'

export interface QueryOptions {
  signal?: AbortSignal | undefined
}

export interface Queries extends Startable {
  /** ALREADY_EXISTS if the handle is known. CANCELLED, with the reason, if somebody cancels it. */
  run(query: NewQuery, options?: QueryOptions): Promise<{ state: QueryState; answer: Answer }>
  /** The page behind a cursor of this handle, by default the one after the last that was read. TASK_STATE if there is none. */
  page(handleId: string, cursor?: string, options?: QueryOptions): Promise<{ state: QueryState; answer: Answer }>
  /** NOT_FOUND if it is not known, or not any more. */
  state(handleId: string): QueryState
  /** Newest first. */
  list(): QueryState[]
  /** TASK_STATE if it does not run. */
  cancel(handleId: string, reason: string): QueryState
}

export interface NewQuery {
  handleId?: string | undefined
  sql: string
  datasetId?: string | undefined
  version?: number | undefined
  /** Rows of a page. */
  pageSize: number
}

export interface QueryState {
  handleId: string
  sql: string
  status: QueryStatus
  startedAt: number
  endedAt: number | undefined
  /** Rows that were answered so far. */
  rowsRead: number
  total: number | undefined
  nextCursor: string | undefined
  /** Code and message, where it failed or was cancelled. */
  error: { code: string; message: string } | undefined
}
