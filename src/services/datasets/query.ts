/** Questions to a dataset: SQL and samples, answered page by page. */

import { AppError } from '../../core/errors.ts'
import { sampleSql } from '../../domain/tabular/operations.ts'
import type { Answer, AskOptions, ExplainOptions, Page, QueryOptions, VersionOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { type Cursor, cursorKey, decodeCursor, encodeCursor, foreignCursor } from './cursor.ts'
import { readKept, takeWhole } from './kept-results.ts'
import { type PageRequest, type RawPage, readPage } from './page.ts'
import { parquet } from './parquet-writer.ts'
import { runOf } from './plan.ts'
import type { View } from './query-engines.ts'
import { judgeSelect, withoutOrder } from './select.ts'
import type { StoredVersion } from './version-record.ts'

const DEFAULT_ROWS = 100

/** A SELECT that was judged, and the versions that it reads. */
export interface Question {
  text: string
  target: StoredVersion | undefined
  sources: StoredVersion[]
  views: View[]
}

export async function openQuestion(
  { engines, store, limits }: Context,
  sql: string,
  { datasetId, version, signal }: ExplainOptions
): Promise<Question> {
  const target = datasetId === undefined ? undefined : await store.find(datasetId, version)
  const { text, others, readsTarget } = await engines.use([], limits.threads, engine =>
    judgeSelect(engine, sql, store, { signal })
  )
  if (readsTarget && !target) throw noTarget()
  const sources = await Promise.all(others.map(id => store.find(id)))
  const views = sources.map(({ datasetId: name, path }) => ({ name, path }))
  if (!target) return { text, target, sources, views }
  return { text, target, sources: [target, ...sources], views: [{ name: 'dataset', path: target.path }, ...views] }
}

function noTarget(): AppError {
  return new AppError(
    'SQL_FORBIDDEN',
    'Refused: the table `dataset` stands for a dataset that the call names, and it names none; write the id of a dataset instead'
  )
}

export async function query(context: Context, datasetId: string, sql: string, options: QueryOptions): Promise<Page> {
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor)
  const version = options.version ?? cursor?.version
  const question = await openQuestion(context, sql, { datasetId, version, signal: options.signal })
  // The store has found it, or there is no question.
  const found = question.target?.version ?? 0
  return { datasetId, version: found, ...(await answerPage(context, question, options, cursor)) }
}

/** The same over any datasets. */
export async function ask(context: Context, sql: string, options: AskOptions): Promise<Answer> {
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor)
  const question = await openQuestion(context, sql, {
    ...options,
    version: options.version ?? (cursor?.version || undefined)
  })
  return await answerPage(context, question, options, cursor)
}

async function answerPage(
  context: Context,
  { text, target, sources, views }: Question,
  { signal, limit = DEFAULT_ROWS }: QueryOptions,
  cursor: Cursor | undefined
): Promise<Answer> {
  const { engines, limits } = context
  const key = cursorKey([text, ...sources.map(source => source.cid.toString())])
  if (cursor && cursor.key !== key) throw foreignCursor()
  const request: PageRequest = {
    limit,
    offset: cursor?.offset ?? 0,
    total: cursor?.total,
    maxBytes: limits.pageBytes,
    signal,
    failure: 'SQL_INVALID'
  }
  const version = target?.version ?? 0
  const answer = ({ schema, rows, total, next }: RawPage, kept?: string): Answer => {
    const nextCursor = next === undefined ? undefined : encodeCursor({ key, version, offset: next, total, kept })
    return { schema, rows, total, nextCursor }
  }
  const kept = cursor?.kept
  if (kept !== undefined)
    return answer(await withEngine(context, engine => readKept(context.kept, kept, engine, request)), kept)

  const page = await engines.use(views, limits.queryThreads, async (engine, scratch) => {
    const run = runOf(await engine.operators(text, request))
    if (run === 'parallel') return answer(await readPage(engine, text, request))
    // A cursor without a kept result goes on with one that was too large for that.
    if (run === 'serial' || cursor) return undefined
    const taken = await takeWhole(context, engine, scratch, text, request)
    return taken && answer(taken.page, taken.kept)
  })
  return (
    page ??
    engines.use(views, limits.threads, async engine => {
      const counted = await withoutOrder(engine, text, request)
      return answer(await readPage(engine, text, { ...request, counted }))
    })
  )
}

/** `total` is the number of rows of the dataset. */
export async function sample(
  context: Context,
  datasetId: string,
  n: number,
  seed: number,
  options: VersionOptions
): Promise<Page> {
  const { signal } = options
  const target = await context.store.find(datasetId, options.version)
  return withEngine(context, async engine => {
    const table = parquet(target.path)
    const select = sampleSql({ n, seed }, { table, schema: target.schema, path: '' })
    const page = await readPage(engine, select, {
      limit: n,
      offset: 0,
      total: target.numRecords,
      maxBytes: context.limits.pageBytes,
      signal
    })
    return {
      datasetId,
      version: target.version,
      schema: target.schema,
      rows: page.rows,
      total: target.numRecords,
      nextCursor: undefined
    }
  })
}
