/** Every place in the input of every tool that an attacker can fill with meaning, found by the published schemas. */
import type { Manifest } from '../../src/core/catalog.ts'

export type Schema = { [key: string]: unknown }
export type Step = { property: string } | 'item' | { branch: number }

export interface Slot {
  tool: string
  category: string
  schema: Schema
  steps: readonly Step[]
  /** `x-path` and its kin, `regex` where a condition takes a pattern, or `text` where anything may stand. */
  format: string
  /** Whether it is called by its own name only, as what stands behind prompts and resources. */
  isUnlisted: boolean
}

/** Values that do no harm, so that a call gets as far as the slot under attack. */
export type Benign = (schema: Schema, name: string) => unknown

export function findSlots(manifest: Manifest): Slot[] {
  const unlisted = new Set(manifest.unlisted)
  return [...manifest.categories, ...unlisted].flatMap(category =>
    category.tools.flatMap(({ name, inputSchema }) =>
      walk(inputSchema, []).map(found => ({
        tool: name,
        category: category.id,
        schema: inputSchema,
        isUnlisted: unlisted.has(category),
        ...found
      }))
    )
  )
}

function* eachBelow(schema: Schema): Generator<[Step, Schema]> {
  for (const [property, inner] of Object.entries(asSchema(schema.properties))) yield [{ property }, asSchema(inner)]
  for (const [branch, inner] of branches(schema).entries()) yield [{ branch }, inner]
  if (schema.items) yield ['item', asSchema(schema.items)]
}

function walk(schema: Schema, steps: readonly Step[]): Pick<Slot, 'steps' | 'format'>[] {
  const found: Pick<Slot, 'steps' | 'format'>[] = []
  if (typeof schema.format === 'string' && schema.format.startsWith('x-')) found.push({ steps, format: schema.format })
  else if (schema.type === 'string' && !schema.enum && !('const' in schema)) found.push({ steps, format: 'text' })
  const { condition, value } = asSchema(schema.properties)
  if (value && Array.isArray(asSchema(condition).enum)) {
    found.push({ steps: [...steps, { property: 'value' }], format: 'regex' })
  }
  return found.concat(...[...eachBelow(schema)].map(([step, inner]) => walk(inner, [...steps, step])))
}

/** The smallest input that holds `value` at the slot and is harmless elsewhere. */
export function fill(schema: Schema, steps: readonly Step[], value: unknown, benign: Benign, name = ''): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (step === 'item') return [fill(asSchema(schema.items), rest, value, benign, name)]
  if ('branch' in step) return fill(branches(schema)[step.branch] ?? {}, rest, value, benign, name)
  const { property } = step
  const inner = fill(asSchema(asSchema(schema.properties)[property]), rest, value, benign, property)
  return { ...harmlessObject(schema, benign), [property]: inner }
}

/** The input with one more harmless member that has a meaning: some tools want one of two before they look at the rest. */
export function withNeighbour(schema: Schema, input: unknown, pick: number, benign: Benign): unknown {
  const absent = Object.entries(asSchema(schema.properties)).filter(
    ([name, inner]) => !(name in Object(input)) && isHere(String(asSchema(inner).format))
  )
  const [name, inner] = absent[pick % absent.length] ?? []
  return name === undefined ? input : { ...Object(input), [name]: harmless(asSchema(inner), benign, name) }
}

/** A format with a meaning, unless it sends the call to another node. */
const isHere = (format: string) => format.startsWith('x-') && !/^x-(multiaddr|peer-id)$/.test(format)

function harmless(schema: Schema, benign: Benign, name: string): unknown {
  const own = benign(schema, name)
  if (own !== undefined) return own
  const [first] = branches(schema)
  if (first) return harmless(first, benign, name)
  if (Array.isArray(schema.enum)) return schema.enum[0]
  switch (schema.type) {
    case 'array':
      return [harmless(asSchema(schema.items), benign, name)]
    case 'object':
      return schema.properties ? harmlessObject(schema, benign) : { name: 'Ada' }
    case 'string':
      return schema.const ?? 'name'
    case 'boolean':
      return true
    default:
      return 1
  }
}

function harmlessObject(schema: Schema, benign: Benign): Schema {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : []
  const properties = asSchema(schema.properties)
  // Whoever may wait does so for a moment: a call that waits longer would count as one that hangs.
  if ('wait_s' in properties && !required.includes('wait_s')) required.push('wait_s')
  return Object.fromEntries(required.map(name => [name, harmless(asSchema(properties[name]), benign, name)]))
}

function branches(schema: Schema): Schema[] {
  const either = schema.anyOf ?? schema.oneOf
  return Array.isArray(either) ? either.map(asSchema) : []
}

function asSchema(value: unknown): Schema {
  // JSON Schema nests only objects of string keys; what they hold stays unknown.
  return typeof value === 'object' && value !== null ? (value as Schema) : {}
}
