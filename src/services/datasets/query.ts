/** Questions to a dataset: SQL and samples, answered page by page. */
import { sampleSql } from '../../domain/tabular/operations.ts'
import type { Page, QueryOptions, VersionOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { cursorKey, decodeCursor, encodeCursor, foreignCursor } from './cursor.ts'
import { readKept, takeWhole } from './kept-results.ts'
import { type PageRequest, type RawPage, readPage } from './page.ts'
import { parquet } from './parquet-writer.ts'
import { runOf } from './plan.ts'
import { judgeSelect, withoutOrder } from './select.ts'

const DEFAULT_ROWS = 100

export async function query(context: Context, datasetId: string, sql: string, options: QueryOptions): Promise<Page> {
  const { engines, store, limits } = context
  const { signal, limit = DEFAULT_ROWS } = options
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor)
  const target = await store.find(datasetId, options.version ?? cursor?.version)
  const { version } = target
  const { text, others } = await engines.use([], limits.threads, engine => judgeSelect(engine, sql, store, { signal }))
  const sources = await Promise.all(others.map(id => store.find(id)))

  const key = cursorKey([text, ...[target, ...sources].map(source => source.cid.toString())])
  if (cursor && cursor.key !== key) throw foreignCursor()
  const request: PageRequest = {
    limit,
    offset: cursor?.offset ?? 0,
    total: cursor?.total,
    maxBytes: limits.pageBytes,
    signal,
    failure: 'SQL_INVALID'
  }
  const answer = ({ schema, rows, total, next }: RawPage, kept?: string): Page => {
    const nextCursor = next === undefined ? undefined : encodeCursor({ key, version, offset: next, total, kept })
    return { datasetId, version, schema, rows, total, nextCursor }
  }
  const kept = cursor?.kept
  if (kept !== undefined)
    return answer(await withEngine(context, engine => readKept(context.kept, kept, engine, request)), kept)

  const views = [
    { name: 'dataset', path: target.path },
    ...sources.map(({ datasetId: name, path }) => ({ name, path }))
  ]
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
