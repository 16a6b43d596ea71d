/** A table as a file in any format, for readers other than this server. */
import { type Column, identifier, literal } from '../../domain/tabular/sql-text.ts'
import type { Format } from './api.ts'
import { writeArrow } from './arrow-writer.ts'
import type { Engine, RunOptions } from './engine.ts'

export async function writeFormat(
  engine: Engine,
  table: string,
  schema: readonly Column[],
  path: string,
  format: Format,
  options: RunOptions
) {
  const copy = (select: string, settings: string) =>
    engine.run(`COPY (${select}) TO ${literal(path)} (${settings}, USE_TMP_FILE false)`, options)
  switch (format) {
    case 'csv':
      return copy(textSelect(schema, table), `FORMAT csv, HEADER true, DELIMITER ','`)
    case 'tsv':
      return copy(textSelect(schema, table), `FORMAT csv, HEADER true, DELIMITER '\t'`)
    case 'json':
      return copy(jsonSelect(schema, table), 'FORMAT json, ARRAY true')
    case 'jsonl':
      return copy(jsonSelect(schema, table), 'FORMAT json, ARRAY false')
    case 'parquet':
      return engine.writeParquet(`SELECT * FROM ${table}`, path, options)
    case 'arrow':
      return writeArrow(engine, table, schema, path, options)
  }
}

function textSelect(schema: readonly Column[], table: string): string {
  return select(schema, table, (column, type) => (type === 'BLOB' ? `base64(${column})` : undefined))
}

/** JSON has no NaN and no infinity, and bytes are base64 as in every result. */
function jsonSelect(schema: readonly Column[], table: string): string {
  return select(schema, table, (column, type) => {
    if (type === 'BLOB') return `base64(${column})`
    if (type === 'DOUBLE' || type === 'FLOAT') return `CASE WHEN isfinite(${column}) THEN ${column} END`
    return undefined
  })
}

function select(
  schema: readonly Column[],
  table: string,
  change: (column: string, type: string) => string | undefined
): string {
  const columns = schema.map(({ name, type }) => {
    const column = identifier(name)
    const changed = change(column, type)
    return changed === undefined ? column : `${changed} AS ${column}`
  })
  return `SELECT ${columns.join(', ')} FROM ${table}`
}
