/** Arrow types as the engine's, with how a value of one becomes a value of the other. */

import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { DataType } from 'apache-arrow'
import { AppError } from '../../core/errors.ts'
import { damaged } from './arrow-damage.ts'

type DuckDb = typeof import('@duckdb/node-api')
type Arrow = typeof import('apache-arrow')

export interface Mapping {
  type: DuckDBType
  /** From what Arrow's vector gives for a value that is not null. */
  convert: (value: unknown) => DuckDBValue
}

const MICROS_PER_MILLI = 1000
const MILLIS_PER_DAY = 86_400_000
const MICROS_PER_UNIT = [1_000_000n, 1000n, 1n]

/** UNSUPPORTED for unions, intervals and other types that a dataset cannot hold. */
export function mapType(type: DataType, arrow: Arrow, duckdb: DuckDb): Mapping {
  const { DataType } = arrow
  const plain = (to: DuckDBType): Mapping => ({ type: to, convert: value => value as DuckDBValue }) // same JS value on both sides
  if (DataType.isNull(type)) return plain(duckdb.VARCHAR)
  if (DataType.isBool(type)) return plain(duckdb.BOOLEAN)
  if (DataType.isInt(type)) return plain(integerType(type.bitWidth, type.isSigned, duckdb))
  if (DataType.isFloat(type)) return plain(type.precision === arrow.Precision.DOUBLE ? duckdb.DOUBLE : duckdb.FLOAT)
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)) return plain(duckdb.VARCHAR)
  if (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isFixedSizeBinary(type) ||
    DataType.isBinaryView(type)
  ) {
    // Arrow gives the bytes of a binary value as Uint8Array.
    return { type: duckdb.BLOB, convert: value => new duckdb.DuckDBBlobValue(value as Uint8Array) }
  }
  if (DataType.isDate(type)) {
    return {
      type: duckdb.DATE,
      convert: value => new duckdb.DuckDBDateValue(Math.floor(Number(value) / MILLIS_PER_DAY))
    }
  }
  if (DataType.isTimestamp(type)) return mapTimestamp(type.unit, Boolean(type.timezone), duckdb)
  if (DataType.isTime(type)) {
    const scale = MICROS_PER_UNIT[type.unit]
    const micros = (value: unknown) =>
      scale === undefined ? BigInt(String(value)) / 1000n : BigInt(String(value)) * scale
    return { type: duckdb.TIME, convert: value => new duckdb.DuckDBTimeValue(micros(value)) }
  }
  if (DataType.isDictionary(type)) return mapType(type.dictionary, arrow, duckdb)
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    const item = mapType(type.valueType, arrow, duckdb)
    // Arrow gives a list as something to iterate over.
    return {
      type: duckdb.LIST(item.type),
      convert: value => duckdb.listValue(Array.from(value as Iterable<unknown>, orNull(item)))
    }
  }
  if (DataType.isStruct(type)) {
    const members = type.children.map(field => ({ name: field.name, ...mapType(field.type, arrow, duckdb) }))
    return {
      type: duckdb.STRUCT(Object.fromEntries(members.map(member => [member.name, member.type]))),
      convert(value) {
        // Arrow gives a struct as a row of its members in order; by name, a member called `toString` would be its method.
        const row = Array.from(value as Iterable<[string, unknown]>)
        return duckdb.structValue(
          Object.fromEntries(members.map((member, at) => [member.name, orNull(member)(row[at]?.[1])]))
        )
      }
    }
  }
  throw new AppError('UNSUPPORTED', `Arrow columns of type ${type} cannot be loaded; cast them before writing the file`)
}

/** A value that is not there, rather than null, lies beyond the bytes: BAD_DATA. */
export function orNull({ convert }: Mapping): (value: unknown) => DuckDBValue {
  return value => {
    if (value === undefined) throw damaged()
    return value === null ? null : convert(value)
  }
}

function integerType(bits: number, isSigned: boolean, duckdb: DuckDb): DuckDBType {
  const { TINYINT, SMALLINT, INTEGER, BIGINT, UTINYINT, USMALLINT, UINTEGER, UBIGINT } = duckdb
  const [signed, unsigned] =
    bits === 8
      ? [TINYINT, UTINYINT]
      : bits === 16
        ? [SMALLINT, USMALLINT]
        : bits === 32
          ? [INTEGER, UINTEGER]
          : [BIGINT, UBIGINT]
  return isSigned ? signed : unsigned
}

/** A bigint is a count of the column's own units; a number, as nested values come, is milliseconds. */
function mapTimestamp(unit: number, hasZone: boolean, duckdb: DuckDb): Mapping {
  const scale = MICROS_PER_UNIT[unit]
  const micros = (value: unknown) => {
    if (typeof value !== 'bigint') return BigInt(Math.round(Number(value) * MICROS_PER_MILLI))
    return scale === undefined ? value / 1000n : value * scale
  }
  if (hasZone) return { type: duckdb.TIMESTAMPTZ, convert: value => new duckdb.DuckDBTimestampTZValue(micros(value)) }
  if (scale === undefined) {
    return {
      type: duckdb.TIMESTAMP_NS,
      convert: value =>
        new duckdb.DuckDBTimestampNanosecondsValue(typeof value === 'bigint' ? value : micros(value) * 1000n)
    }
  }
  return { type: duckdb.TIMESTAMP, convert: value => new duckdb.DuckDBTimestampValue(micros(value)) }
}
