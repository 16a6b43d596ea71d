/** Parquet with the same bytes for the same rows, and every integer exact. */
import { refuseDeepTypes } from '../../domain/tabular/nesting.ts'
import { type Column, identifier, literal } from '../../domain/tabular/sql-text.ts'
import type { Engine, ParquetOptions, RunOptions } from './engine.ts'

/** Small, because a writer holds some five times the row group in memory. A multiple of the engine's vector of 2,048. */
const MAX_ROW_GROUP_ROWS = 20_480
/** Smaller groups take no less memory: the engine reads 2,048 rows at a time. */
const MIN_ROW_GROUP_ROWS = 1_024
const ROW_GROUP_BYTES = 8 * 1024 * 1024
const SAMPLE_ROWS = 2_048

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

export async function writeParquet(
  engine: Engine,
  select: string,
  path: string,
  options: ParquetOptions
): Promise<void> {
  const schema = options.schema ?? (await engine.describe(`SELECT * FROM (${select})`, options))
  refuseDeepTypes(schema)
  const rowBytes = options.rowBytes ?? (await estimateRowBytes(engine, `(${select})`, options))
  const copy = (from: string, to: string) => {
    const settings = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows(rowBytes)}, USE_TMP_FILE false`
    return engine.run(`COPY (${from}) TO ${literal(to)} (${settings})`, options)
  }
  const wide = schema.filter(column => WIDE.test(column.type))
  if (wide.length === 0) return copy(select, path)

  await copy(`SELECT ${casts(wide, storedType)} FROM (${select})`, widePath(path))
  const table = parquet(widePath(path))
  const limits = 'BETWEEN -9223372036854775808 AND 9223372036854775807'
  const tests = wide.map(({ name, type }, at) => {
    const test = isPlain(type) ? `bool_and(${identifier(name)} ${limits})` : 'true'
    return `${test} AS c${at}`
  })
  const [fits = {}] = await engine.all(`SELECT ${tests.join(', ')} FROM ${table}`, options)
  const narrow = wide.filter(({ type }, at) => isPlain(type) && fits[`c${at}`] !== false)
  await copy(`SELECT ${casts(narrow, () => 'BIGINT')} FROM ${table}`, path)
}

/** Bytes of a row as text, from the first rows: good enough to tell narrow rows from wide ones. */
export async function estimateRowBytes(engine: Engine, table: string, options: RunOptions = {}): Promise<number> {
  const first = `SELECT * FROM ${table} LIMIT ${SAMPLE_ROWS}`
  const [row] = await engine.all(
    `SELECT avg(strlen(CAST("__row" AS VARCHAR))) AS n FROM (${first}) AS "__row"`,
    options
  )
  return Number(row?.n ?? 0)
}

function rowGroupRows(rowBytes: number): number {
  const rows = ROW_GROUP_BYTES / Math.max(1, rowBytes)
  const whole = Math.floor(rows / MIN_ROW_GROUP_ROWS) * MIN_ROW_GROUP_ROWS
  return Math.min(MAX_ROW_GROUP_ROWS, Math.max(MIN_ROW_GROUP_ROWS, whole))
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
