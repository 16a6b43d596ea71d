/** Questions to a dataset: SQL and samples, answered page by page. */
import { sampleSql } from '../../domain/tabular/operations.ts'
import type { Page, QueryOptions, VersionOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { type Cursor, cursorKey, decodeCursor, encodeCursor, foreignCursor } from './cursor.ts'
import type { Engine } from './engine.ts'
import { filesOf, readKept, takeWhole } from './kept-results.ts'
import { type PageRequest, type RawPage, readPage } from './page.ts'
import { parquet } from './parquet-writer.ts'
import { runOf } from './plan.ts'
import { judgeSelect, viewVersions, withoutOrder } from './select.ts'

const DEFAULT_ROWS = 100

export function query(context: Context, datasetId: string, sql: string, options: QueryOptions): Promise<Page> {
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor)
  const prepare = (engine: Engine) => prepareIn(context, engine, { datasetId, sql, options, cursor })
  const { threads, queryThreads } = context.limits

  return withEngine(context, async (engine, scratch) => {
    const { text, paths, request, answer } = await prepare(engine)
    if (cursor?.kept !== undefined)
      return answer(await readKept(context.kept, cursor.kept, engine, request), cursor.kept)

    await engine.closeTo([...paths, ...filesOf(scratch)])
    const operators = await engine.operators(text, request)
    const planned = runOf(operators)
    // A cursor without a kept result goes on with one that was too large for that.
    const run = planned === 'whole' && cursor ? 'serial' : planned
    await engine.lock(run === 'serial' ? threads : queryThreads)
    if (run === 'serial' && operators.includes('ORDER_BY')) request.counted = await withoutOrder(engine, text, request)
    if (run !== 'whole') return answer(await readPage(engine, text, request))
    const taken = await takeWhole(context, engine, scratch, text, request)
    return taken ? answer(taken.page, taken.kept) : await withEngine(context, readSerially)
  })

  async function readSerially(engine: Engine): Promise<Page> {
    const { text, paths, request, answer } = await prepare(engine)
    await engine.confine(paths)
    return answer(await readPage(engine, text, request))
  }
}

interface Ask {
  datasetId: string
  sql: string
  options: QueryOptions
  cursor: Cursor | undefined
}

/** A question that an engine is ready to answer. */
interface Prepared {
  text: string
  /** The files that it reads. */
  paths: string[]
  request: PageRequest
  answer(page: RawPage, kept?: string): Page
}

async function prepareIn(
  context: Context,
  engine: Engine,
  { datasetId, sql, options, cursor }: Ask
): Promise<Prepared> {
  const { signal, limit = DEFAULT_ROWS } = options
  const target = await context.store.find(datasetId, options.version ?? cursor?.version)
  const { version } = target
  const { text, others } = await judgeSelect(engine, sql, context.store, { signal })
  await engine.view('dataset', `SELECT * FROM ${parquet(target.path)}`)
  const sources = [target, ...(await viewVersions(engine, context.store, others))]

  const key = cursorKey([text, ...sources.map(source => source.cid.toString())])
  if (cursor && cursor.key !== key) throw foreignCursor()
  const request: PageRequest = {
    limit,
    offset: cursor?.offset ?? 0,
    total: cursor?.total,
    maxBytes: context.limits.pageBytes,
    signal,
    failure: 'SQL_INVALID'
  }
  return {
    text,
    paths: sources.map(({ path }) => path),
    request,
    answer({ schema, rows, total, next }, kept) {
      const nextCursor = next === undefined ? undefined : encodeCursor({ key, version, offset: next, total, kept })
      return { datasetId, version, schema, rows, total, nextCursor }
    }
  }
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
