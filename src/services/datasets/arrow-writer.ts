/** A SELECT as an Arrow IPC file, batch by batch. Types that Arrow and the engine do not share are written as text. */
import { open } from 'node:fs/promises'
import type { DuckDBValue } from '@duckdb/node-api'
import type { Data, DataType } from 'apache-arrow'
import { type Column, identifier } from '../../domain/tabular/sql-text.ts'
import type { Engine, RunOptions } from './engine.ts'

type Arrow = typeof import('apache-arrow')

interface Target {
  type: DataType
  toArrow: (value: DuckDBValue) => unknown
}

const MILLIS_PER_DAY = 86_400_000

export async function writeArrow(
  engine: Engine,
  table: string,
  schema: readonly Column[],
  path: string,
  options: RunOptions
) {
  const arrow = await import('apache-arrow')
  const targets = schema.map(column => targetOf(column.type, arrow))
  const fields = schema.map(({ name }, at) => new arrow.Field(name, targets[at]?.type ?? new arrow.Utf8(), true))
  const arrowSchema = new arrow.Schema(fields)
  const { result } = await engine.stream(`SELECT ${schema.map(selectOf).join(', ')} FROM ${table}`, options)

  async function* batches() {
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      options.signal?.throwIfAborted()
      const length = chunk.rowCount
      const children = targets.map((target, at) => columnData(chunk?.getColumnValues(at) ?? [], target, arrow))
      yield new arrow.RecordBatch(
        arrowSchema,
        arrow.makeData({ type: new arrow.Struct(fields), length, nullCount: 0, children })
      )
    }
  }

  await using file = await open(path, 'wx', 0o600)
  const writer = new arrow.RecordBatchFileWriter()
  writer.reset(undefined, arrowSchema)
  // Each batch is written out before the next is made, so that one is in memory at a time.
  const output = writer[Symbol.asyncIterator]()
  const drained = (async () => {
    for (let part = await output.next(); !part.done; part = await output.next()) await file.writeFile(part.value)
  })()
  for await (const batch of batches()) writer.write(batch)
  writer.finish()
  await drained
}

/** What Arrow has no type for goes as text. */
function selectOf({ name, type }: Column): string {
  const column = identifier(name)
  if (NATIVE.has(type) || type === 'BLOB') return column
  const isNested = /[[(]/.test(type) && !type.startsWith('DECIMAL')
  return `CAST(${isNested ? `to_json(${column})` : column} AS VARCHAR) AS ${column}`
}

const NATIVE = new Set([
  'BOOLEAN',
  'TINYINT',
  'SMALLINT',
  'INTEGER',
  'BIGINT',
  'UTINYINT',
  'USMALLINT',
  'UINTEGER',
  'UBIGINT',
  'FLOAT',
  'DOUBLE',
  'DATE',
  'TIMESTAMP',
  'TIMESTAMP WITH TIME ZONE'
])

function targetOf(type: string, arrow: Arrow): Target {
  const plain = (to: DataType): Target => ({ type: to, toArrow: value => value })
  switch (type) {
    case 'BOOLEAN':
      return plain(new arrow.Bool())
    case 'TINYINT':
      return plain(new arrow.Int8())
    case 'SMALLINT':
      return plain(new arrow.Int16())
    case 'INTEGER':
      return plain(new arrow.Int32())
    case 'BIGINT':
      return plain(new arrow.Int64())
    case 'UTINYINT':
      return plain(new arrow.Uint8())
    case 'USMALLINT':
      return plain(new arrow.Uint16())
    case 'UINTEGER':
      return plain(new arrow.Uint32())
    case 'UBIGINT':
      return plain(new arrow.Uint64())
    case 'FLOAT':
      return plain(new arrow.Float32())
    case 'DOUBLE':
      return plain(new arrow.Float64())
    case 'DATE':
      return {
        type: new arrow.DateDay(),
        toArrow: value => member(value, 'days', days => Number(days) * MILLIS_PER_DAY)
      }
    case 'TIMESTAMP':
      return { type: new arrow.TimestampMicrosecond(null), toArrow: value => member(value, 'micros', micros => micros) }
    case 'TIMESTAMP WITH TIME ZONE':
      return {
        type: new arrow.TimestampMicrosecond('UTC'),
        toArrow: value => member(value, 'micros', micros => micros)
      }
    case 'BLOB':
      return { type: new arrow.Binary(), toArrow: value => member(value, 'bytes', bytes => bytes) }
    default:
      return plain(new arrow.Utf8())
  }
}

function columnData(values: readonly DuckDBValue[], { type, toArrow }: Target, arrow: Arrow): Data {
  const converted = values.map(value => (value === null ? null : toArrow(value)))
  if (type instanceof arrow.TimestampMicrosecond) return timestampData(converted, type, arrow)
  const builder = arrow.makeBuilder({ type, nullValues: [null] })
  for (const value of converted) builder.append(value)
  return builder.finish().flush()
}

/** Written as the integers that they are; Arrow's builder would take them through milliseconds. */
function timestampData(
  values: readonly unknown[],
  type: InstanceType<Arrow['TimestampMicrosecond']>,
  arrow: Arrow
): Data {
  const data = new BigInt64Array(values.length)
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 64) * 8)
  let nullCount = 0
  values.forEach((value, at) => {
    if (typeof value !== 'bigint') nullCount++
    else {
      data[at] = value
      nullBitmap[at >> 3] = (nullBitmap[at >> 3] ?? 0) | (1 << (at & 7))
    }
  })
  return arrow.makeData({ type, length: values.length, nullCount, nullBitmap, data })
}

function member(value: DuckDBValue, name: string, use: (member: unknown) => unknown): unknown {
  return typeof value === 'object' && value !== null && name in value ? use(Reflect.get(value, name)) : null
}
