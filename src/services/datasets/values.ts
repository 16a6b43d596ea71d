/** Values of the engine as JSON says them: nothing is rounded, and nothing that JSON cannot say passes for a number. */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { depthOfJson } from '../../domain/tabular/json-depth.ts'

const MICROS_PER_MILLI = 1000n

/** The engine's value classes are told apart by their members, so that this module loads without the engine. */
export function toJsonValue(value: DuckDBValue, type?: DuckDBType): unknown {
  switch (typeof value) {
    case 'bigint':
      return fitsNumber(value) ? Number(value) : value.toString()
    case 'number':
      return Number.isFinite(value) ? value : null
    case 'string':
      return type?.alias === 'JSON' ? parsed(value) : value
    case 'object':
      return value === null ? null : fromObject(value, type)
    default:
      return value
  }
}

function fromObject(value: Exclude<DuckDBValue & object, null>, type: DuckDBType | undefined): unknown {
  if ('items' in value) {
    const itemType = type && 'valueType' in type && !('keyType' in type) ? type.valueType : undefined
    return value.items.map(item => toJsonValue(item, itemType))
  }
  if ('entries' in value) return isMapEntries(value.entries) ? fromMap(value.entries) : fromStruct(value.entries, type)
  if ('tag' in value) return toJsonValue(value.value)
  if ('bytes' in value) return Buffer.from(value.bytes).toString('base64')
  if ('value' in value && typeof value.value !== 'bigint') return toJsonValue(value.value)
  const name = String(type)
  if (name.startsWith('TIMESTAMP')) {
    if ('micros' in value && name.endsWith('TIME ZONE')) return instant(value.micros, value.toString())
    return value.toString().replace(' ', 'T')
  }
  return value.toString()
}

type MapEntries = readonly { key: DuckDBValue; value: DuckDBValue }[]

function isMapEntries(entries: MapEntries | Readonly<Record<string, DuckDBValue>>): entries is MapEntries {
  return Array.isArray(entries)
}

/** Keys of a map may be anything, so a map is an array of pairs. */
function fromMap(entries: MapEntries): unknown {
  return entries.map(({ key, value }) => ({ key: toJsonValue(key), value: toJsonValue(value) }))
}

function fromStruct(entries: Readonly<Record<string, DuckDBValue>>, type: DuckDBType | undefined): unknown {
  const types = type && 'entryTypes' in type ? type.entryTypes : []
  return Object.fromEntries(Object.entries(entries).map(([name, member], at) => [name, toJsonValue(member, types[at])]))
}

function fitsNumber(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
}

function instant(micros: bigint, text: string): string {
  const date = new Date(Number(micros / MICROS_PER_MILLI))
  return Number.isNaN(date.getTime()) ? text : date.toISOString()
}

/** Deeper values would end the stack of some reader, ours or another. */
const MAX_JSON_DEPTH = 256

/** A file may call a column JSON that holds other text, or text nested too deeply; then the text is the value. */
function parsed(text: string): unknown {
  if (text.length > MAX_JSON_DEPTH && depthOfJson(text) > MAX_JSON_DEPTH) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
