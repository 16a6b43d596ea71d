/** Parquet with the same bytes for the same rows, and every integer exact. */
import { refuseDeepTypes } from '../../domain/tabular/nesting.ts'
import { type Column, identifier, literal } from '../../domain/tabular/sql-text.ts'
import type { Engine, RunOptions } from './engine.ts'

/** Small, because a writer holds a whole row group in memory. A multiple of the engine's vector of 2,048. */
const ROW_GROUP_ROWS = 20_480

/** The engine's HUGEINT, which it makes of any sum and of JSON integers of both signs, would be written as DOUBLE. */
const WIDE = /\bU?HUGEINT\b/

/** A Parquet file as a table. */
export function parquet(path: string): string {
  return `read_parquet(${literal(path)})`
}

/** Where `writeParquet` puts wide integers until it knows how wide they are. */
export function widePath(path: string): string {
  return `${path}.wide`
}

export async function writeParquet(engine: Engine, select: string, path: string, options: RunOptions): Promise<void> {
  const schema = await engine.describe(`SELECT * FROM (${select})`, options)
  refuseDeepTypes(schema)
  const wide = schema.filter(column => WIDE.test(column.type))
  if (wide.length === 0) return copy(engine, select, path, options)

  await copy(engine, `SELECT ${casts(wide, storedType)} FROM (${select})`, widePath(path), options)
  const table = parquet(widePath(path))
  const limits = 'BETWEEN -9223372036854775808 AND 9223372036854775807'
  const tests = wide.map(({ name, type }, at) => {
    const test = isPlain(type) ? `bool_and(${identifier(name)} ${limits})` : 'true'
    return `${test} AS c${at}`
  })
  const [fits = {}] = await engine.all(`SELECT ${tests.join(', ')} FROM ${table}`, options)
  const narrow = wide.filter(({ type }, at) => isPlain(type) && fits[`c${at}`] !== false)
  await copy(engine, `SELECT ${casts(narrow, () => 'BIGINT')} FROM ${table}`, path, options)
}

function copy(engine: Engine, select: string, path: string, options: RunOptions): Promise<void> {
  const settings = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP_ROWS}, USE_TMP_FILE false`
  return engine.run(`COPY (${select}) TO ${literal(path)} (${settings})`, options)
}

function casts(columns: readonly Column[], typeOf: (type: string) => string): string {
  if (columns.length === 0) return '*'
  const replaced = columns.map(
    ({ name, type }) => `CAST(${identifier(name)} AS ${typeOf(type)}) AS ${identifier(name)}`
  )
  return `* REPLACE (${replaced.join(', ')})`
}

/** Inside lists and structs 64 bits must do; what does not fit is an error and not rounded. */
function storedType(type: string): string {
  return isPlain(type) ? 'DECIMAL(38,0)' : type.replace(new RegExp(WIDE, 'g'), 'BIGINT')
}

function isPlain(type: string): boolean {
  return type === 'HUGEINT' || type === 'UHUGEINT'
}
