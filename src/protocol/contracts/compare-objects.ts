/** The part of the comparison of schemas that is about members of objects. */
import type { JsonSchema } from './contract.ts'
import { type CompareSchemas, type SchemaChange, sameJson } from './schema-change.ts'

export function compareObjects(
  old: JsonSchema,
  next: JsonSchema,
  path: string,
  compare: CompareSchemas
): SchemaChange[] {
  const [from, to] = [membersOf(old), membersOf(next)]
  const [removed, added] = [minus(from, to), minus(to, from)]
  const renamed = renames(removed, added, from, to)
  const changes: SchemaChange[] = []

  for (const name of removed) {
    const other = renamed.get(name)
    const what = other === undefined ? 'removed' : `removed, or renamed to "${other}", which has the same schema`
    changes.push({ path: `${path}/${name}`, shift: 'member-removed', what })
  }
  for (const name of added) {
    const isRequired = to.required.has(name)
    const below = `${path}/${name}`
    changes.push({ path: below, shift: 'member-added', what: isRequired ? 'added, always there' : 'added' })
    // Beside an open set of members, a member of this name was taken before, and with another schema.
    if (from.others !== false) changes.push(...compare(from.others, to.properties.get(name), below))
  }
  for (const [name, schema] of from.properties) {
    if (to.properties.has(name)) changes.push(...compare(schema, to.properties.get(name), `${path}/${name}`))
  }
  for (const name of minus({ properties: to.required }, { properties: from.required })) {
    changes.push({ path: `${path}/${name}`, shift: 'narrower', what: 'is now required' })
  }
  for (const name of minus({ properties: from.required }, { properties: to.required })) {
    if (!removed.includes(name)) {
      changes.push({ path: `${path}/${name}`, shift: 'wider', what: 'is no longer required' })
    }
  }
  return [...changes, ...compareOthers(from.others, to.others, path, compare)]
}

interface Members {
  properties: Map<string, unknown>
  required: Set<string>
  /** The schema of members that have no name in the schema; `false` where there may be none. */
  others: unknown
}

function membersOf(schema: JsonSchema): Members {
  return {
    properties: new Map(Object.entries(Object(schema.properties))),
    required: new Set(Array.isArray(schema.required) ? schema.required.map(String) : []),
    others: schema.additionalProperties ?? {}
  }
}

function compareOthers(from: unknown, to: unknown, path: string, compare: CompareSchemas): SchemaChange[] {
  const what = (claim: string) => `members without a schema of their own are ${claim}`
  if (from === false && to !== false) return [{ path, shift: 'member-added', what: what('now allowed') }]
  if (from !== false && to === false) return [{ path, shift: 'narrower', what: what('no longer allowed') }]
  return compare(from, to, `${path}/*`)
}

interface Named {
  properties: { keys(): Iterable<string>; has(name: string): boolean }
}

function minus(a: Named, b: Named): string[] {
  return [...a.properties.keys()].filter(name => !b.properties.has(name)).sort()
}

/** A removed member and the only added one with its schema are told together: most likely one was made of the other. */
function renames(removed: string[], added: string[], from: Members, to: Members): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of removed) {
    const alike = added.filter(other => sameJson(from.properties.get(name), to.properties.get(other)))
    const [only] = alike
    if (only !== undefined && alike.length === 1) found.set(name, only)
  }
  return found
}
