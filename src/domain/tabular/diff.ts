/** The difference between two tables as SQL. */
import { AppError } from '../../core/errors.ts'
import { type Column, columnIn, identifier } from './sql-text.ts'

export interface DiffSql {
  /** One row of counts: added, removed, changed, unchanged. */
  counts: string
  added: string
  removed: string
  /** Rows with the keys and, under `left` and `right`, the columns that both tables have. */
  changed: string | undefined
  /** A row when a key stands twice in one of the tables; then keys cannot tell rows apart. */
  duplicate: string | undefined
}

interface Side {
  table: string
  schema: readonly Column[]
}

/** By key columns: nulls equal nulls. Without keys whole rows are compared, as often as they stand there. */
export function diffSql(left: Side, right: Side, keys: readonly string[]): DiffSql {
  return keys.length > 0 ? byKeys(left, right, keys) : byRows(left, right)
}

export function diffSchemas(left: readonly Column[], right: readonly Column[]) {
  const rightByName = new Map(right.map(column => [column.name, column]))
  const leftNames = new Set(left.map(column => column.name))
  return {
    added: right.filter(column => !leftNames.has(column.name)),
    removed: left.filter(column => !rightByName.has(column.name)),
    changed: left.flatMap(({ name, type }) => {
      const other = rightByName.get(name)
      return other && other.type !== type ? [{ name, left: type, right: other.type }] : []
    })
  }
}

function byKeys(left: Side, right: Side, names: readonly string[]): DiffSql {
  const keys = names.map((name, at) => {
    columnIn(right.schema, name, `/keys/${at}`)
    return columnIn(left.schema, name, `/keys/${at}`)
  })
  const shared = sharedColumns(left, right).filter(column => !keys.includes(column))
  const on = keys.map(key => `l.${key} IS NOT DISTINCT FROM r.${key}`).join(' AND ')
  const differs =
    shared.length > 0 ? shared.map(column => `l.${column} IS DISTINCT FROM r.${column}`).join(' OR ') : 'false'
  const order = (side: string) => keys.map(key => `${side}.${key}`).join(', ')
  const only = (side: Side, as: string, other: Side, otherAs: string) =>
    `SELECT ${as}.* FROM ${side.table} AS ${as} WHERE NOT EXISTS (SELECT 1 FROM ${other.table} AS ${otherAs} WHERE ${on}) ORDER BY ${order(as)}`
  const added = only(right, 'r', left, 'l')
  const removed = only(left, 'l', right, 'r')
  const matched = `FROM ${left.table} AS l JOIN ${right.table} AS r ON ${on}`
  const pack = (side: string) =>
    shared.length > 0 ? `struct_pack(${shared.map(column => `${column} := ${side}.${column}`).join(', ')})` : 'NULL'
  return {
    counts: `SELECT (SELECT count(*) FROM (${added})) AS added, (SELECT count(*) FROM (${removed})) AS removed,
      (SELECT count(*) ${matched} WHERE ${differs}) AS changed, (SELECT count(*) ${matched} WHERE NOT (${differs})) AS unchanged`,
    added,
    removed,
    changed: `SELECT ${keys.map(key => `l.${key}`).join(', ')}, ${pack('l')} AS ${identifier('left')}, ${pack('r')} AS ${identifier('right')}
      ${matched} WHERE ${differs} ORDER BY ${order('l')}`,
    duplicate: [left, right]
      .map(side => `(SELECT 1 AS twice FROM ${side.table} GROUP BY ${keys.join(', ')} HAVING count(*) > 1 LIMIT 1)`)
      .join(' UNION ALL ')
  }
}

function byRows(left: Side, right: Side): DiffSql {
  const { added: more, removed: fewer, changed } = diffSchemas(left.schema, right.schema)
  if (more.length + fewer.length + changed.length > 0) {
    throw new AppError(
      'INVALID_INPUT',
      'The datasets have different columns, so whole rows cannot be compared; give `keys`',
      {
        details: { only_right: more.map(column => column.name), only_left: fewer.map(column => column.name), changed }
      }
    )
  }
  const columns = left.schema.map(column => identifier(column.name)).join(', ')
  const only = (side: Side, other: Side) =>
    `SELECT ${columns} FROM ${side.table} EXCEPT ALL SELECT ${columns} FROM ${other.table} ORDER BY ALL`
  const added = only(right, left)
  const removed = only(left, right)
  const both = `SELECT ${columns} FROM ${left.table} INTERSECT ALL SELECT ${columns} FROM ${right.table}`
  return {
    counts: `SELECT (SELECT count(*) FROM (${added})) AS added, (SELECT count(*) FROM (${removed})) AS removed,
      0 AS changed, (SELECT count(*) FROM (${both})) AS unchanged`,
    added,
    removed,
    changed: undefined,
    duplicate: undefined
  }
}

function sharedColumns(left: Side, right: Side): string[] {
  const names = new Set(right.schema.map(column => column.name))
  return left.schema.flatMap(({ name }) => (names.has(name) ? [identifier(name)] : []))
}
