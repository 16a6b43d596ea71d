/** Figures about each column. */
import { type Column, identifier } from '../../domain/tabular/sql-text.ts'
import type { ColumnStatistics, Description, Row, VersionOptions } from './api.ts'
import { type Context, countOf, withEngine } from './context.ts'
import { parquet } from './parquet-writer.ts'

/** Longer texts are no help as a smallest or largest value, and a result must stay small. */
const MAX_EXTREME_CHARACTERS = 200

const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\(.*\))$/
const ORDERED = /^(BOOLEAN|VARCHAR|DATE|TIME|TIMESTAMP.*|UUID)$/

export async function describe(context: Context, datasetId: string, options: VersionOptions): Promise<Description> {
  const { record: _record, path, ...version } = await context.store.find(datasetId, options.version)
  const versions = (await context.store.versionsOf(datasetId)).length
  const figures = version.schema.flatMap(figuresOf)
  const [row = {}] = await withEngine(context, engine =>
    engine.all(`SELECT ${figures.join(', ')} FROM ${parquet(path)}`, { signal: options.signal })
  )
  return {
    ...version,
    versions,
    columns: version.schema.map((column, at) => statistics(column, at, version.numRecords, row))
  }
}

function figuresOf({ name, type }: Column, at: number): string[] {
  const column = identifier(name)
  const figures = [`count(${column}) AS present_${at}`, `approx_count_distinct(${column}) AS distinct_${at}`]
  if (NUMERIC.test(type)) {
    figures.push(`avg(${column}) AS mean_${at}`)
    // The engine fails on a deviation that overflows; with such values there is none.
    const value = `CAST(${column} AS DOUBLE)`
    const isSafe = `abs(${value}) < 1e150`
    figures.push(
      `CASE WHEN bool_and(${isSafe}) THEN stddev_samp(CASE WHEN ${isSafe} THEN ${value} END) END AS stddev_${at}`
    )
  }
  if (NUMERIC.test(type) || ORDERED.test(type)) {
    const short = (extreme: string) =>
      type === 'VARCHAR' ? `CASE WHEN length(${extreme}) <= ${MAX_EXTREME_CHARACTERS} THEN ${extreme} END` : extreme
    figures.push(`${short(`min(${column})`)} AS min_${at}`, `${short(`max(${column})`)} AS max_${at}`)
  }
  return figures
}

function statistics(column: Column, at: number, rows: number, row: Row): ColumnStatistics {
  return {
    ...column,
    nulls: rows - countOf(row, `present_${at}`),
    approxDistinct: countOf(row, `distinct_${at}`),
    min: row[`min_${at}`] ?? null,
    max: row[`max_${at}`] ?? null,
    mean: numberOrNull(row[`mean_${at}`]),
    stddev: numberOrNull(row[`stddev_${at}`])
  }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
