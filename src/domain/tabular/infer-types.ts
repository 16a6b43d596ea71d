/**
 * Which type a column of text really has, decided over all of its values and never by a sample. A cast must give the
 * text back: `007` and numbers with more digits than a double holds stay text.
 */
import { type Column, identifier } from './sql-text.ts'

interface Candidate {
  type: string
  /** SQL over a text column that is true for every value that the type holds without loss. */
  holds: (column: string) => string
}

const CANDIDATES: readonly Candidate[] = [
  { type: 'BOOLEAN', holds: c => `lower(${c}) IN ('true', 'false')` },
  { type: 'BIGINT', holds: c => `regexp_full_match(${c}, '-?(0|[1-9][0-9]{0,17})')` },
  {
    type: 'DOUBLE',
    holds: c =>
      `(regexp_full_match(${c}, '-?(0|[1-9][0-9]*)?([.][0-9]+)?([eE][-+]?[0-9]{1,3})?') AND isfinite(TRY_CAST(${c} AS DOUBLE))
        AND length(ltrim(regexp_replace(${c}, '[eE].*$|[-.]', '', 'g'), '0')) <= 17)`
  },
  {
    type: 'DATE',
    holds: c => `(regexp_full_match(${c}, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND TRY_CAST(${c} AS DATE) IS NOT NULL)`
  },
  {
    type: 'TIMESTAMP',
    holds: c =>
      `(regexp_full_match(${c}, '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?') AND TRY_CAST(${c} AS TIMESTAMP) IS NOT NULL)`
  }
]

/** A SELECT with one row: for each column, the name of its type. Columns without any value are VARCHAR. */
export function inferTypesSql(columns: readonly string[], table: string): string {
  const tests = columns.map((name, index) => {
    const column = identifier(name)
    const whens = CANDIDATES.map(
      ({ type, holds }) => `WHEN bool_and(${column} IS NULL OR coalesce(${holds(column)}, false)) THEN '${type}'`
    )
    return `CASE WHEN count(${column}) = 0 THEN 'VARCHAR' ${whens.join(' ')} ELSE 'VARCHAR' END AS c${index}`
  })
  return `SELECT ${tests.join(', ')} FROM ${table}`
}

/** The columns cast from text to the given types. */
export function castTextSql(columns: readonly Pick<Column, 'name' | 'type'>[], table: string): string {
  const casts = columns.map(({ name, type }) => {
    const column = identifier(name)
    return type === 'VARCHAR' ? column : `CAST(${column} AS ${type}) AS ${column}`
  })
  return `SELECT ${casts.join(', ')} FROM ${table}`
}
