/** A JSON Schema as rows for people: one for each member at every depth, named by where it stands. */
import type { JsonSchema } from '../core/catalog.ts'

export interface SchemaRow {
  name: string
  type: string
  required: boolean
  bounds: string
  fallback: string | undefined
  description: string
}

type Show = (pattern: string) => string
const asItIs: Show = pattern => pattern

/** What fields of `core/fields.ts` take, by their format. */
const FORMATS: Record<string, string> = {
  'x-path': 'path',
  'x-source': 'source',
  'x-url': 'URL',
  'x-sql': 'SQL',
  'x-cid': 'CID',
  'x-cid-path': 'CID or CID/path',
  'x-dataset-id': 'dataset id'
}

/** `show` writes a pattern as the reader's language has code. */
export function schemaRows(schema: JsonSchema, show: Show = asItIs, prefix = ''): SchemaRow[] {
  const required: unknown[] = Array.isArray(schema.required) ? schema.required : []
  return Object.entries<JsonSchema>(Object(schema.properties)).flatMap(([key, member]) => {
    const name = `${prefix}${key}`
    const row = {
      name,
      type: typeName(member),
      required: required.includes(key),
      bounds: boundsOf(member, show).join(', '),
      fallback: 'default' in member ? JSON.stringify(member.default) : undefined,
      description: typeof member.description === 'string' ? member.description : ''
    }
    return [row, ...membersBelow(member, show, name)]
  })
}

function membersBelow(schema: JsonSchema, show: Show, name: string): SchemaRow[] {
  if (schema.properties) return schemaRows(schema, show, `${name}.`)
  if (schema.items) return membersBelow(Object(schema.items), show, `${name}[]`)
  return variants(schema).flatMap(variant => membersBelow(variant, show, `${name}${tagOf(variant)}`))
}

/** Variants are told apart by the member that has one value only. */
function tagOf(variant: JsonSchema): string {
  const constant = Object.entries<JsonSchema>(Object(variant.properties)).find(([, { const: value }]) => value)
  return constant ? `{${constant[0]}=${constant[1].const}}` : ''
}

function typeName(schema: JsonSchema): string {
  if ('const' in schema) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  const parts = variants(schema)
  if (parts.length > 0) return [...new Set(parts.map(typeName))].join(' | ')
  if (schema.type === 'array') return `array of ${grouped(typeName(Object(schema.items)))}`
  if (typeof schema.format === 'string') return FORMATS[schema.format] ?? `${schema.type} (${schema.format})`
  if (schema.type === 'object' && !schema.properties && schema.additionalProperties) {
    return `object of ${grouped(typeName(Object(schema.additionalProperties)))}`
  }
  return typeof schema.type === 'string' ? schema.type : 'any'
}

function grouped(type: string): string {
  return type.includes(' | ') ? `(${type})` : type
}

function variants(schema: JsonSchema): JsonSchema[] {
  return [schema.anyOf, schema.oneOf].flatMap(parts => (Array.isArray(parts) ? parts : []))
}

/** What a value must keep to. The edge of the safe integers is no news and is left out. */
function boundsOf(schema: JsonSchema, show: Show): string[] {
  const own = [
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
    isBound(schema.exclusiveMinimum) ? `more than ${schema.exclusiveMinimum}` : undefined,
    isBound(schema.exclusiveMaximum) ? `less than ${schema.exclusiveMaximum}` : undefined,
    typeof schema.pattern === 'string' ? show(schema.pattern) : undefined
  ]
  const inVariants = variants(schema).flatMap(variant =>
    boundsOf(variant, show).map(text => (variants(variant).length > 0 ? text : `${typeName(variant)}: ${text}`))
  )
  return [...own.filter(text => text !== undefined), ...inVariants]
}

function range(least: unknown, most: unknown, unit: string): string | undefined {
  if (isBound(least)) return isBound(most) ? `${least} to ${most}${unit}` : `${least}${unit} or more`
  return isBound(most) ? `at most ${most}${unit}` : undefined
}

function isBound(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER
}
