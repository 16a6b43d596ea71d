/** Questions to a dataset: SQL and samples, answered page by page. */
import { sampleSql } from '../../domain/tabular/operations.ts'
import type { Page, QueryOptions, VersionOptions } from './api.ts'
import { type Context, withEngine } from './context.ts'
import { cursorKey, decodeCursor, encodeCursor, foreignCursor } from './cursor.ts'
import { readPage } from './page.ts'
import { parquet } from './parquet-writer.ts'
import { judgeSelect, viewVersions } from './select.ts'

const DEFAULT_ROWS = 100

export async function query(context: Context, datasetId: string, sql: string, options: QueryOptions): Promise<Page> {
  const { signal, limit = DEFAULT_ROWS } = options
  const cursor = options.cursor === undefined ? undefined : decodeCursor(options.cursor)
  return withEngine(context, async engine => {
    const target = await context.store.find(datasetId, options.version ?? cursor?.version)
    const { text, others } = await judgeSelect(engine, sql, context.store, { signal })
    await engine.view('dataset', `SELECT * FROM ${parquet(target.path)}`)
    const versions = await viewVersions(engine, context.store, others)
    await engine.confine([target, ...versions].map(version => version.path))

    const key = cursorKey([text, ...[target, ...versions].map(version => version.cid.toString())])
    if (cursor && cursor.key !== key) throw foreignCursor()
    const page = await readPage(engine, text, {
      limit,
      offset: cursor?.offset ?? 0,
      total: cursor?.total,
      maxBytes: context.limits.pageBytes,
      signal,
      failure: 'SQL_INVALID'
    })
    const { schema, rows, total, next } = page
    const nextCursor =
      next === undefined ? undefined : encodeCursor({ key, version: target.version, offset: next, total })
    return { datasetId, version: target.version, schema, rows, total, nextCursor }
  })
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
