/**
 * Results that did not fit one page, each in a database file of its own, for the pages that follow: these come at once, and fit
 * together although the query ran in several threads. The oldest make room, and none outlives the process.
 */
import { rename } from 'node:fs/promises'
import { type Column, identifier, literal } from '../../domain/tabular/sql-text.ts'
import { type Context, countOf } from './context.ts'
import { foreignCursor } from './cursor.ts'
import type { Engine } from './engine.ts'
import { type PageRequest, type RawPage, readPage } from './page.ts'
import type { Scratch } from './store.ts'

/** Clients page through a result at once or not at all, so that a few are enough. */
const MAX_RESULTS = 16
/** No dataset can be called so. */
const TABLE = '_result'
const MAX_ROWS = 100_000
/** Of JSON, as the rows of the first page let expect. */
const MAX_BYTES = 64 * 1024 * 1024

interface KeptResult {
  scratch: Scratch
  /** As the caller wrote it; in the file the columns are called `c0`, `c1` and so on. */
  schema: Column[]
}

/** By id, oldest first. */
export type KeptResults = Map<string, KeptResult>

export interface Taken {
  page: RawPage
  /** The id of the result, if there are more pages. */
  kept?: string
}

/** Runs a query once and keeps what the first page does not hold. Undefined if that is too much. The engine must be open to `filesOf`. */
export async function takeWhole(
  context: Context,
  engine: Engine,
  scratch: Scratch,
  text: string,
  request: PageRequest
): Promise<Taken | undefined> {
  const { schema } = await engine.stream(`SELECT * FROM (${text}\n) LIMIT 0`, request)
  const names = schema.map((_, at) => `c${at}`).join(', ')
  const result = `SELECT * FROM (${text}\n) AS t(${names}) LIMIT ${MAX_ROWS + 1}`
  await engine.run(`CREATE TEMP TABLE ${TABLE} AS ${result}`, request)
  const total = countOf((await engine.all(`SELECT count(*) AS n FROM ${TABLE}`, request))[0])
  if (total > MAX_ROWS) return undefined

  const page = { ...(await readPage(engine, selectFrom(TABLE, schema), { ...request, total })), schema }
  if (page.next === undefined) return { page }
  const bytesPerRow = JSON.stringify(page.rows).length / page.rows.length
  if (bytesPerRow * total > MAX_BYTES) return undefined
  await attach(engine, scratch)
  await engine.run(`CREATE TABLE kept.${TABLE} AS FROM temp.${TABLE}`, request)
  await engine.run('DETACH kept')
  return { page, kept: await keep(context, scratch, schema) }
}

/** Takes the file out of a scratch directory that ends with its call. */
async function keep({ store, kept }: Context, from: Scratch, schema: Column[]): Promise<string> {
  const scratch = await store.scratch()
  await rename(databaseOf(from), databaseOf(scratch))
  kept.set(scratch.id, { scratch, schema })
  const [oldest] = kept.keys()
  if (kept.size > MAX_RESULTS && oldest !== undefined) await drop(kept, oldest)
  return scratch.id
}

/** @throws INVALID_INPUT when the result is not kept any more. */
export async function readKept(
  results: KeptResults,
  id: string,
  engine: Engine,
  request: PageRequest
): Promise<RawPage> {
  const result = results.get(id)
  if (!result) throw foreignCursor()
  await attach(engine, result.scratch)
  await engine.confine(filesOf(result.scratch))
  const page = await readPage(engine, selectFrom(`kept.${TABLE}`, result.schema), request)
  return { ...page, schema: result.schema }
}

/** Ends what the last query of an engine has left open, and frees its table. */
export async function forgetTable(engine: Engine): Promise<void> {
  await engine.run(`DROP TABLE IF EXISTS temp.${TABLE}`)
}

/** Gives back what all of them hold. */
export async function dropKept(results: KeptResults): Promise<void> {
  for (const id of results.keys()) await drop(results, id)
}

async function drop(results: KeptResults, id: string): Promise<void> {
  const result = results.get(id)
  results.delete(id)
  await result?.scratch[Symbol.asyncDispose]()
}

async function attach(engine: Engine, scratch: Scratch): Promise<void> {
  await engine.run(`ATTACH ${literal(databaseOf(scratch))} AS kept`)
}

/** The files that an engine opens to write or read a kept result. */
export function filesOf(scratch: Scratch): string[] {
  return [databaseOf(scratch), `${databaseOf(scratch)}.wal`]
}

function databaseOf(scratch: Scratch): string {
  return scratch.file('result.duckdb')
}

function selectFrom(table: string, schema: readonly Column[]): string {
  return `SELECT ${schema.map(({ name }, at) => `c${at} AS ${identifier(name)}`).join(', ')} FROM ${table}`
}
