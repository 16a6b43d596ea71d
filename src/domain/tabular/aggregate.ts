/** Groups and their figures as SQL. */
import { AppError } from '../../core/errors.ts'
import type { OperationContext } from './operations.ts'
import { columnIn, identifier } from './sql-text.ts'

export const AGGREGATES = [
  'count',
  'count_distinct',
  'sum',
  'avg',
  'min',
  'max',
  'median',
  'stddev',
  'first',
  'last',
  'list'
] as const
export type Aggregate = (typeof AGGREGATES)[number]

export interface Aggregation {
  function: Aggregate
  /** Needed by all but `count`, which counts rows without it. */
  column?: string | undefined
  /** Name of the result; `<function>_<column>` by default. */
  as?: string | undefined
}

/** Groups come in the order of their keys, so that the result is the same each time. */
export function aggregateSql(
  groupBy: readonly string[],
  aggregations: readonly Aggregation[],
  context: OperationContext
): string {
  const { table, schema, path } = context
  if (aggregations.length + groupBy.length === 0) throw new AppError('INVALID_INPUT', 'Name a column or an aggregation')
  const keys = groupBy.map((name, index) => columnIn(schema, name, `${path}/group_by/${index}`))
  const figures = aggregations.map((aggregation, index) =>
    figureSql(aggregation, context, `${path}/aggregations/${index}`)
  )
  const grouping = keys.length > 0 ? ` GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')}` : ''
  return `SELECT ${[...keys, ...figures].join(', ')} FROM ${table}${grouping}`
}

function figureSql(aggregation: Aggregation, { schema }: OperationContext, path: string): string {
  const { function: name, column } = aggregation
  const as = identifier(aggregation.as ?? (column === undefined ? name : `${name}_${column}`))
  if (column === undefined) {
    if (name === 'count') return `count(*) AS ${as}`
    const message = `${name} needs a column`
    throw new AppError('INVALID_INPUT', message, { issues: [{ path: `${path}/column`, message }] })
  }
  const argument = columnIn(schema, column, `${path}/column`)
  return name === 'count_distinct' ? `count(DISTINCT ${argument}) AS ${as}` : `${name}(${argument}) AS ${as}`
}
