/** Reads a file in any format into one Parquet file, every row or none. */
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import { scanCsv } from '../../domain/tabular/csv-scan.ts'
import { castTextSql, inferTypesSql } from '../../domain/tabular/infer-types.ts'
import { refuseDeepJson } from '../../domain/tabular/json-depth.ts'
import { MAX_NESTING } from '../../domain/tabular/nesting.ts'
import { type Column, columnIn, identifier, literal } from '../../domain/tabular/sql-text.ts'
import type { ReadOptions } from './api.ts'
import { readArrow } from './arrow-reader.ts'
import type { Engine, RunOptions } from './engine.ts'
import { parquet } from './parquet-writer.ts'
import type { OpenedFile } from './sources.ts'
import type { Scratch } from './store.ts'

const READ_BUFFER_BYTES = 1024 * 1024
const LINE_FEED = 0x0a
/** The engine holds a whole record in memory. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024

export interface IngestOptions extends ReadOptions {
  signal?: AbortSignal | undefined
}

/** @throws BAD_DATA when the file is not wholly what its format says. */
export async function ingest(
  engine: Engine,
  file: OpenedFile,
  scratch: Scratch,
  outputPath: string,
  options: IngestOptions
): Promise<void> {
  const run = { signal: options.signal, failure: 'BAD_DATA' as const }
  switch (file.format) {
    case 'csv':
    case 'tsv':
      return ingestText(engine, file, scratch, outputPath, options)
    case 'json':
    case 'jsonl':
      await refuseDeepJson(createReadStream(file.path, { highWaterMark: READ_BUFFER_BYTES, signal: options.signal }))
      return ingestJson(engine, file, scratch, outputPath, run).catch(explainJson)
    case 'parquet':
      return engine.writeParquet(`SELECT * FROM ${parquet(file.path)}`, outputPath, run)
    case 'arrow': {
      const table = await readArrow(engine, file.path, options.signal)
      return engine.writeParquet(`SELECT * FROM ${table}`, outputPath, run)
    }
  }
}

async function ingestText(
  engine: Engine,
  file: OpenedFile,
  scratch: Scratch,
  outputPath: string,
  options: IngestOptions
) {
  const run = { signal: options.signal, failure: 'BAD_DATA' as const }
  const bytes = createReadStream(file.path, { highWaterMark: READ_BUFFER_BYTES, signal: options.signal })
  const delimiter = options.delimiter ?? (file.format === 'tsv' ? '\t' : undefined)
  const shape = await scanCsv(bytes, {
    ...(delimiter !== undefined && { delimiter }),
    ...(options.header !== undefined && { header: options.header })
  })
  if (shape.longestRecordBytes > MAX_RECORD_BYTES) {
    throw new AppError(
      'TOO_LARGE',
      `A record of ${shape.longestRecordBytes} bytes is over the limit of ${MAX_RECORD_BYTES}`
    )
  }
  const settings = [
    literal(file.path),
    'auto_detect = false',
    `delim = ${literal(shape.delimiter)}`,
    `quote = '"', escape = '"'`,
    `header = ${shape.hasHeader}`,
    `columns = {${shape.columns.map(name => `${literal(name)}: 'VARCHAR'`).join(', ')}}`,
    `nullstr = [${(options.nullValues ?? ['']).map(literal).join(', ')}]`,
    'allow_quoted_nulls = false, null_padding = false, ignore_errors = false',
    // The scan has found no fault; the engine's strict mode refuses files that end lines in two ways.
    `strict_mode = ${!shape.hasMixedLineEnds}`,
    `max_line_size = ${MAX_RECORD_BYTES}`
  ]
  const rawPath = scratch.file('text.parquet')
  await engine.writeParquet(`SELECT * FROM read_csv(${settings.join(', ')})`, rawPath, run)
  const raw = parquet(rawPath)
  const [counted] = await engine.all(`SELECT count(*) AS n FROM ${raw}`, run)
  if (counted?.n !== shape.records) {
    throw new AppError(
      'BAD_DATA',
      `The text has ${shape.records} records, but only ${String(counted?.n)} can be read; check its quotes`
    )
  }
  const types = await columnTypes(engine, shape.columns, raw, options)
  await engine.writeParquet(castTextSql(types, raw), outputPath, run)
}

async function columnTypes(engine: Engine, names: readonly string[], raw: string, options: IngestOptions) {
  const [found = {}] = await engine.all(inferTypesSql(names, raw), { signal: options.signal })
  const columns: Column[] = names.map((name, at) => ({ name, type: String(found[`c${at}`]), nullable: true }))
  for (const [name, type] of Object.entries(options.columnTypes ?? {})) {
    const wanted = columnIn(columns, name, '/options/column_types')
    if (!/^[A-Z]+(\(\d+,\s*\d+\))?$/i.test(type)) {
      throw new AppError(
        'INVALID_INPUT',
        `"${type.slice(0, 40)}" is not a type; use one like BIGINT, DOUBLE, VARCHAR or DATE`
      )
    }
    for (const column of columns) if (columnIn(columns, column.name, '') === wanted) column.type = type
  }
  return columns
}

/** A field that holds texts and numbers comes out as JSON; without objects or arrays in it, text is what a reader expects. */
async function ingestJson(engine: Engine, file: OpenedFile, scratch: Scratch, outputPath: string, run: RunOptions) {
  const select = `SELECT * FROM ${jsonTable(file)}`
  const schema = await engine.describe(select, run)
  const mixed = schema.filter(column => column.type === 'JSON')
  const known = { ...run, schema, rowBytes: await lineBytes(file.path) }
  if (mixed.length === 0) return engine.writeParquet(select, outputPath, known)
  const rawPath = scratch.file('json.parquet')
  await engine.writeParquet(select, rawPath, known)
  const nested = mixed.map(({ name }, at) => `bool_or(json_type(${identifier(name)}) IN ('OBJECT', 'ARRAY')) AS c${at}`)
  const [found = {}] = await engine.all(`SELECT ${nested.join(', ')} FROM ${parquet(rawPath)}`, run)
  const texts = mixed.filter((_, at) => found[`c${at}`] !== true)
  const replaced = texts.map(({ name }) => `${identifier(name)} ->> '$' AS ${identifier(name)}`)
  const replace = replaced.length > 0 ? ` REPLACE (${replaced.join(', ')})` : ''
  await engine.writeParquet(`SELECT *${replace} FROM ${parquet(rawPath)}`, outputPath, run)
}

/** The mean length of the first lines, which are the rows of most JSON. */
async function lineBytes(path: string): Promise<number> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BUFFER_BYTES), 0, READ_BUFFER_BYTES, 0)
  let lines = 1
  for (let at = buffer.indexOf(LINE_FEED); at !== -1 && at < bytesRead; at = buffer.indexOf(LINE_FEED, at + 1)) lines++
  return bytesRead / lines
}

/** What lies deeper than is kept stays JSON. */
function jsonTable(file: OpenedFile): string {
  const layout = file.format === 'jsonl' ? 'newline_delimited' : 'auto'
  return `read_json(${literal(file.path)}, format = '${layout}', records = true, sample_size = -1, maximum_depth = ${MAX_NESTING}, map_inference_threshold = -1, ignore_errors = false)`
}

function explainJson(error: unknown): never {
  if (error instanceof AppError && error.message.includes('non-record JSON')) {
    throw new AppError(
      'BAD_DATA',
      'The JSON must hold objects with at least one field: an array of them, one a line, or a single one',
      {
        cause: error
      }
    )
  }
  throw error
}
