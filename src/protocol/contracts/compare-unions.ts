/** The part of the comparison of schemas that is about alternatives (`anyOf`, and `oneOf` whose branches exclude each other). */
import { canonicalize } from '../../core/canonical.ts'
import type { JsonSchema } from './contract.ts'
import { type CompareSchemas, type SchemaChange, sameJson, WORDS } from './schema-change.ts'

export function isUnion(schema: JsonSchema): boolean {
  return Array.isArray(schema.anyOf) || Array.isArray(schema.oneOf)
}

/** A schema without alternatives counts as the only branch of one. */
export function compareUnions(
  old: JsonSchema,
  next: JsonSchema,
  path: string,
  compare: CompareSchemas
): SchemaChange[] {
  const [from, to] = [split(old), split(next)]
  const changes = compare(from.rest, to.rest, path)
  if (isExclusive(old) !== isExclusive(next) && isUnion(old) && isUnion(next)) {
    const shift = isExclusive(next) ? 'narrower' : 'wider'
    changes.push({ path, shift, what: `anyOf and oneOf were exchanged` })
  }

  const left = from.branches.filter(branch => !to.branches.some(other => sameJson(branch, other)))
  const right = to.branches.filter(branch => !from.branches.some(other => sameJson(branch, other)))
  for (const branch of left) {
    const key = keyOf(branch)
    const twin = right.filter(other => keyOf(other) === key)
    const [only] = twin
    if (only !== undefined && twin.length === 1 && left.filter(other => keyOf(other) === key).length === 1) {
      changes.push(...compare(branch, only, `${path}/(${key})`))
      right.splice(right.indexOf(only), 1)
    } else {
      changes.push({ path, shift: 'narrower', what: `the alternative (${key}) is gone or changed` })
    }
  }
  for (const branch of right) changes.push({ path, shift: 'wider', what: `the alternative (${keyOf(branch)}) is new` })
  return changes
}

const isExclusive = (schema: JsonSchema) => Array.isArray(schema.oneOf)

function split(schema: JsonSchema): { rest: JsonSchema; branches: JsonSchema[] } {
  const { anyOf, oneOf, ...rest } = schema
  const branches = [anyOf, oneOf].flatMap(list => (Array.isArray(list) ? list.map(Object) : []))
  if (branches.length > 0) return { rest, branches }
  const entries = Object.entries(schema)
  const isBeside = (keyword: string) => WORDS.has(keyword) || keyword === 'default'
  return {
    rest: Object.fromEntries(entries.filter(([keyword]) => isBeside(keyword))),
    branches: [Object.fromEntries(entries.filter(([keyword]) => !isBeside(keyword)))]
  }
}

/** What tells a branch from its siblings: its type, and the constants that its members must be. */
function keyOf(branch: JsonSchema): string {
  const constants = Object.entries(Object(branch.properties)).flatMap(([name, member]) => {
    const value = Object(member).const
    return value === undefined ? [] : [`${name}: ${canonicalize(value)}`]
  })
  const type = Array.isArray(branch.type) ? branch.type.join(' or ') : String(branch.type ?? 'any')
  return [type, ...constants].join(', ')
}
