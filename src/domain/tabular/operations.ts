/** Operations on a table as data, and each of them as one SELECT over the table that stands before it. */
import { AppError } from '../../core/errors.ts'
import { type Aggregation, aggregateSql } from './aggregate.ts'
import { type Condition, conditionSql } from './condition.ts'
import { type Column, columnIn, identifier, literal, type Scalar } from './sql-text.ts'

export type Operation =
  | { type: 'filter'; column: string; condition: Condition; value?: Scalar | Scalar[] | undefined }
  | { type: 'select'; columns: string[] }
  | { type: 'rename'; columns: Record<string, string> }
  | { type: 'cast'; columns: Record<string, string> }
  | { type: 'sort'; column: string; ascending?: boolean | undefined }
  | { type: 'limit'; count: number; offset?: number | undefined }
  | { type: 'distinct'; columns?: string[] | undefined }
  | { type: 'sample'; n?: number | undefined; fraction?: number | undefined; seed?: number | undefined }
  | { type: 'aggregate'; group_by: string[]; aggregations: Aggregation[] }
  | { type: 'join'; right: string; on: string[]; how?: JoinKind | undefined }
  | { type: 'sql'; sql: string }

export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti'

export interface OperationContext {
  /** SQL of the table before this operation. */
  table: string
  schema: readonly Column[]
  /** Where the operation stands in the input, for messages. */
  path: string
  /** Schema of another dataset that the operation names. */
  schemaOf: (datasetId: string) => readonly Column[]
}

const TYPES =
  /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|VARCHAR|BLOB|DATE|TIME|TIMESTAMP|TIMESTAMPTZ|UUID|JSON|DECIMAL\(\d{1,2},\d{1,2}\))(\[\])?$/

/** The SELECT of one operation. INVALID_INPUT for an unknown column or type, with its path. */
export function operationSql(operation: Operation, context: OperationContext): string {
  const { table, schema, path } = context
  const column = (name: string, at: string) => columnIn(schema, name, `${path}/${at}`)
  switch (operation.type) {
    case 'filter': {
      const condition = conditionSql(column(operation.column, 'column'), operation.condition, operation.value, path)
      return `SELECT * FROM ${table} WHERE ${condition}`
    }
    case 'select':
      return `SELECT ${list(operation.columns, context)} FROM ${table}`
    case 'rename':
      return `SELECT ${replaced(operation.columns, context, (name, to) => `${name} AS ${identifier(to)}`)} FROM ${table}`
    case 'cast':
      return `SELECT ${replaced(operation.columns, context, (name, to) => `CAST(${name} AS ${typeName(to, path)}) AS ${name}`)} FROM ${table}`
    case 'sort':
      return `SELECT * FROM ${table} ORDER BY ${column(operation.column, 'column')} ${operation.ascending === false ? 'DESC' : 'ASC'} NULLS LAST`
    case 'limit':
      return `SELECT * FROM ${table} LIMIT ${literal(operation.count)} OFFSET ${literal(operation.offset ?? 0)}`
    case 'distinct':
      return distinctSql(operation.columns, context)
    case 'sample':
      return sampleSql(operation, context)
    case 'aggregate':
      return aggregateSql(operation.group_by, operation.aggregations, context)
    case 'join':
      return joinSql(operation, context)
    case 'sql':
      // The guard has judged the text; the line break ends a comment at its end.
      return `WITH dataset AS (SELECT * FROM ${table}) SELECT * FROM (${operation.sql}\n)`
  }
}

function list(names: readonly string[], { schema, path }: OperationContext): string {
  return names.map((name, index) => columnIn(schema, name, `${path}/columns/${index}`)).join(', ')
}

/** All columns, those named in `changes` as `change` makes them. */
function replaced(
  changes: Record<string, string>,
  context: OperationContext,
  change: (name: string, to: string) => string
) {
  const { schema, path } = context
  const wanted = new Map(Object.entries(changes).map(([name, to]) => [columnIn(schema, name, `${path}/columns`), to]))
  return schema
    .map(({ name }) => {
      const column = identifier(name)
      const to = wanted.get(column)
      return to === undefined ? column : change(column, to)
    })
    .join(', ')
}

function typeName(type: string, path: string): string {
  const upper = type.toUpperCase().replaceAll(' ', '')
  if (TYPES.test(upper)) return upper
  const message = `"${type.slice(0, 40)}" is not a type to cast to; use one like BIGINT, DOUBLE, VARCHAR, DATE, TIMESTAMP or DECIMAL(18,2)`
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: `${path}/columns`, message }] })
}

/** Keeps the first row of each kind, in the order of the table. */
function distinctSql(columns: readonly string[] | undefined, context: OperationContext): string {
  const { table, schema } = context
  const keys = columns ? list(columns, context) : schema.map(column => identifier(column.name)).join(', ')
  const place = freeName('row', schema)
  return `SELECT * EXCLUDE (${place}) FROM (SELECT *, row_number() OVER () AS ${place} FROM ${table})
    QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${place}) = 1 ORDER BY ${place}`
}

interface SampleSize {
  n?: number | undefined
  fraction?: number | undefined
  seed?: number | undefined
}

/** The same rows for the same seed: those whose place in the table hashes lowest, in their order. */
export function sampleSql(
  { n, fraction, seed }: SampleSize,
  context: Pick<OperationContext, 'table' | 'schema' | 'path'>
) {
  const { table, schema, path } = context
  if ((n === undefined) === (fraction === undefined)) {
    const message = 'A sample needs either n or fraction'
    throw new AppError('INVALID_INPUT', message, { issues: [{ path, message }] })
  }
  const size =
    n === undefined
      ? `SELECT CAST(floor(count(*) * ${literal(fraction ?? 0)}::DOUBLE) AS BIGINT) FROM ${table}`
      : `SELECT ${literal(n)}`
  const place = freeName('row', schema)
  return `SELECT * EXCLUDE (${place}) FROM (
      SELECT * FROM (SELECT *, row_number() OVER () AS ${place} FROM ${table})
      ORDER BY hash(${place}, ${literal(seed ?? 0)}), ${place} LIMIT (${size})
    ) ORDER BY ${place}`
}

function joinSql(operation: Extract<Operation, { type: 'join' }>, context: OperationContext): string {
  const right = context.schemaOf(operation.right)
  const keys = operation.on.map((name, index) => {
    columnIn(right, name, `${context.path}/on/${index}`)
    return columnIn(context.schema, name, `${context.path}/on/${index}`)
  })
  if (keys.length === 0) throw new AppError('INVALID_INPUT', 'A join needs at least one column in `on`')
  const how = (operation.how ?? 'inner').toUpperCase()
  return `SELECT * FROM ${context.table} AS "left" ${how} JOIN ${identifier(operation.right)} AS "right" USING (${keys.join(', ')})`
}

/** A quoted name that no column has. */
export function freeName(wanted: string, schema: readonly Column[]): string {
  const taken = new Set(schema.map(column => column.name.toLowerCase()))
  let name = `__${wanted}`
  while (taken.has(name)) name = `_${name}`
  return identifier(name)
}
