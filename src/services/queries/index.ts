/** Queries under handles, over the datasets. */
import type { Clock } from '../../core/clock.ts'
import { AppError, toAppError } from '../../core/errors.ts'
import type { Random } from '../../core/random.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Answer, Datasets } from '../datasets/api.ts'
import { MAX_HANDLES, type NewQuery, type Queries, type QueryState } from './api.ts'

export interface QueriesParts {
  datasets: Pick<Datasets, 'ask'>
  clock: Clock
  random: Random
}

interface Known {
  query: NewQuery
  state: QueryState
  /** Of the part that runs now. */
  running: AbortController | undefined
}

export function createQueries({ datasets, clock, random }: QueriesParts): Queries {
  /** Oldest first. */
  const known = new Map<string, Known>()

  const lifecycle = createLifecycle(
    async () => {},
    async () => {
      for (const { running } of known.values())
        running?.abort(new AppError('CANCELLED', 'The server is stopping, and the query with it'))
      known.clear()
    }
  )

  function find(handleId: string): Known {
    const found = known.get(handleId)
    if (found) return found
    throw new AppError('NOT_FOUND', `There is no query "${handleId.slice(0, 80)}"; the last ${MAX_HANDLES} are known`)
  }

  function makeRoom(): void {
    for (const [handleId, { running }] of known) {
      if (known.size < MAX_HANDLES) return
      if (!running) known.delete(handleId)
    }
  }

  /** Reads one page, so that it can be cancelled under its handle. */
  async function read(one: Known, cursor: string | undefined, signal: AbortSignal | undefined): Promise<Answer> {
    const { sql, datasetId, version, pageSize: limit } = one.query
    const running = new AbortController()
    const both = signal ? AbortSignal.any([signal, running.signal]) : running.signal
    one.running = running
    one.state = { ...one.state, status: 'running', endedAt: undefined, error: undefined }
    try {
      const answer = await datasets.ask(sql, { datasetId, version, limit, cursor, signal: both })
      const { total, nextCursor } = answer
      const rowsRead = one.state.rowsRead + answer.rows.length
      one.state = { ...one.state, status: 'completed', rowsRead, total, nextCursor }
      return answer
    } catch (thrown) {
      const { code, message } = toAppError(both.aborted ? both.reason : thrown)
      const error =
        both.aborted && code === 'INTERNAL' ? { code: 'CANCELLED', message: 'The caller ended it' } : { code, message }
      one.state = { ...one.state, status: both.aborted ? 'cancelled' : 'failed', error }
      throw thrown
    } finally {
      one.running = undefined
      one.state = { ...one.state, endedAt: clock.now() }
    }
  }

  return {
    ...lifecycle,
    async run(query, { signal } = {}) {
      const handleId = query.handleId ?? `q-${random.uuid()}`
      if (known.has(handleId)) throw new AppError('ALREADY_EXISTS', `There is a query "${handleId}" already`)
      makeRoom()
      const state: QueryState = {
        handleId,
        sql: query.sql,
        status: 'running',
        startedAt: clock.now(),
        endedAt: undefined,
        rowsRead: 0,
        total: undefined,
        nextCursor: undefined,
        error: undefined
      }
      const one: Known = { query, state, running: undefined }
      known.set(handleId, one)
      const answer = await read(one, undefined, signal)
      return { state: one.state, answer }
    },
    async page(handleId, cursor, { signal } = {}) {
      const one = find(handleId)
      if (one.running) throw refuse(one, 'runs; wait for it, or cancel it')
      const next = cursor ?? one.state.nextCursor ?? lastPage(one)
      const answer = await read(one, next, signal)
      return { state: one.state, answer }
    },
    state: handleId => find(handleId).state,
    list: () => [...known.values()].map(({ state }) => state).reverse(),
    cancel(handleId, reason) {
      const one = find(handleId)
      if (!one.running) throw refuse(one, 'does not run')
      one.running.abort(new AppError('CANCELLED', `The query was cancelled under its handle: ${reason}`))
      return { ...one.state, status: 'cancelled' }
    }
  }
}

function lastPage(one: Known): never {
  throw refuse(one, 'has no further page')
}

function refuse({ state }: Known, why: string): AppError {
  const message = `The query "${state.handleId}" ${why}`
  return new AppError('TASK_STATE', message, { details: { handle_id: state.handleId, status: state.status } })
}
