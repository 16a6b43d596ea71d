/**
 * What a change of a JSON Schema means. `narrower` takes less than before and `wider` more; who suffers from which depends on
 * the side, so the caller decides. A keyword that is not known here counts as both: a false alarm is cheaper than a broken caller.
 */
import { canonicalize } from '../../core/canonical.ts'
import { compareObjects } from './compare-objects.ts'
import { compareUnions, isUnion } from './compare-unions.ts'
import type { JsonSchema } from './contract.ts'
import { type CompareSchemas, type SchemaChange, type Shift, sameJson, told, WORDS } from './schema-change.ts'

const LOWER = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'])
const UPPER = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'])
const OBJECT = new Set(['properties', 'required', 'additionalProperties'])
const SUBSCHEMAS = new Set(['items', 'propertyNames', 'contains'])

export const compareSchemas: CompareSchemas = (before, after, path) => {
  if (sameJson(before, after)) return []
  const [old, next] = [plain(before), plain(after)]
  if (old === undefined || next === undefined) {
    return [{ path, shift: next === undefined ? 'narrower' : 'wider', what: 'what is allowed at all changed' }]
  }
  if (isUnion(old) || isUnion(next)) return compareUnions(old, next, path, compareSchemas)
  const keywords = [...new Set([...Object.keys(old), ...Object.keys(next)])].sort()
  return [
    ...keywords.flatMap(keyword => compareKeyword(keyword, old, next, path)),
    ...compareObjects(old, next, path, compareSchemas)
  ]
}

function compareKeyword(keyword: string, old: JsonSchema, next: JsonSchema, path: string): SchemaChange[] {
  const [from, to] = [old[keyword], next[keyword]]
  if (OBJECT.has(keyword) || sameJson(from, to)) return []
  const change = (shift: Shift) => ({ path, shift, what: `${keyword} ${told(from, to)}` })
  if (WORDS.has(keyword)) return [change('words')]
  if (keyword === 'default') return [change(from === undefined ? 'default-added' : 'default-changed')]
  if (SUBSCHEMAS.has(keyword)) return compareSchemas(from ?? {}, to ?? {}, `${path}/${keyword}`)
  if (keyword === 'type') return compareSets(types(from), types(to), change)
  if (keyword === 'enum') return compareSets(members(from), members(to), change)
  if (LOWER.has(keyword)) return [change(bound(to, -1) > bound(from, -1) ? 'narrower' : 'wider')]
  if (UPPER.has(keyword)) return [change(bound(to, 1) < bound(from, 1) ? 'narrower' : 'wider')]
  // A constraint of which nothing more is known: to add it narrows, to drop it widens, to change it may do both.
  if (SINGLE.has(keyword)) {
    if (from === undefined || from === false) return [change('narrower')]
    if (to === undefined || to === false) return [change('wider')]
  }
  return [change('narrower'), change('wider')]
}

const SINGLE = new Set(['const', 'pattern', 'format', 'multipleOf', 'uniqueItems', 'contentEncoding', 'not'])

/** `undefined` stands for the set of everything. */
function compareSets(
  from: Set<string> | undefined,
  to: Set<string> | undefined,
  change: (shift: Shift) => SchemaChange
): SchemaChange[] {
  const changes: SchemaChange[] = []
  if (to && !(from && isSubset(from, to))) changes.push(change('narrower'))
  if (from && !(to && isSubset(to, from))) changes.push(change('wider'))
  return changes
}

const isSubset = (part: Set<string>, whole: Set<string>) => [...part].every(member => whole.has(member))

/** Every integer is a number, so a set with `number` holds both. */
function types(value: unknown): Set<string> | undefined {
  const names = members(typeof value === 'string' ? [value] : value)
  if (names?.has('"number"')) names.add('"integer"')
  return names
}

function members(value: unknown): Set<string> | undefined {
  return Array.isArray(value) ? new Set(value.map(canonicalize)) : undefined
}

function bound(value: unknown, side: -1 | 1): number {
  return typeof value === 'number' ? value : side * Number.POSITIVE_INFINITY
}

/** A schema as an object: `true` allows everything and is empty, `false` allows nothing and has no form. */
function plain(schema: unknown): JsonSchema | undefined {
  if (schema === true) return {}
  return typeof schema === 'object' && schema !== null ? { ...schema } : undefined
}
