/** Rules over the whole registry, so that a new tool is held to them by existing. */
import { describe, expect, test } from 'vitest'
import { buildManifest } from '../../scripts/manifest.ts'
import type { JsonSchema } from '../../src/core/catalog.ts'
import { ERROR_TABLE } from '../../src/core/errors.ts'
import { categoryLoaders, unlistedLoaders } from '../../src/tools/index.ts'

const loaders = { ...categoryLoaders, ...unlistedLoaders }
const categories = await Promise.all(Object.values(loaders).map(load => load()))
const tools = buildManifest(categories).categories.flatMap(category => category.tools)

const listed = new Set(
  (await Promise.all(Object.values(categoryLoaders).map(load => load()))).flatMap(({ tools }) =>
    tools.map(({ name }) => name)
  )
)

test('categories are loaded under the name they have', () => {
  expect(categories.map(({ id }) => id)).toEqual(Object.keys(loaders))
})

test('names and aliases are unique over the server, in snake_case, and short enough for every client', () => {
  const names = tools.flatMap(tool => [tool.name, ...(tool.aliases ?? []).map(alias => alias.name)])
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{2,63}$/)
})

describe.each(tools.map(tool => [tool.name, tool] as const))('%s', (_name, tool) => {
  const declared = categories.flatMap(category => category.tools).find(({ name }) => name === tool.name)

  test('has a title, a description of one to three sentences, and at least two examples', () => {
    expect(tool.title.length).toBeGreaterThan(3)
    expect(tool.title.length).toBeLessThan(80)
    expect(tool.description.length).toBeLessThan(600)
    expect(declared?.examples.length).toBeGreaterThanOrEqual(2)
  })

  test('says how people ask for it if the search lists it, each way once and without its name', () => {
    const ways = tool.askedFor ?? []
    expect(ways.length > 0).toBe(listed.has(tool.name))
    expect(new Set(ways).size).toBe(ways.length)
    expect(ways.filter(way => way.includes(tool.name))).toEqual([])
  })

  test('says what it is not for, and which tool is', () => {
    const others = [...tool.description.matchAll(/(?:^|[.;] )Not for [^.:]+: use (\w+)/g)].map(([, name]) => name)
    expect(others.length).toBeGreaterThan(0)
    for (const name of others) {
      expect(name).not.toBe(tool.name)
      expect(tools.map(({ name }) => name)).toContain(name)
    }
  })

  test('takes an object, refuses unknown parameters, and bounds every string, array and number', () => {
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
    expect(unbounded(tool.inputSchema)).toEqual([])
  })

  test('answers an object and names error codes of the table', () => {
    expect(tool.outputSchema.type).toBe('object')
    for (const code of tool.errors) expect(ERROR_TABLE).toHaveProperty(code)
  })

  test('aliases lead to parameters that the tool has', () => {
    const own = Object.keys(Object(tool.inputSchema.properties))
    for (const { parameters = {}, defaults = {} } of tool.aliases ?? []) {
      expect(own).toEqual(expect.arrayContaining([...Object.values(parameters), ...Object.keys(defaults)]))
    }
  })

  test('may run as a task if its calls are handed back as tasks', () => {
    if (tool.asTask) expect(tool.remote).not.toBe('never')
  })

  test('examples name parameters that the tool has', () => {
    for (const { input } of declared?.examples ?? []) expect(declared?.input.safeParse(input).success).toBe(true)
  })
})

/** Paths of the parts of a schema that put no bound on what they take. */
function unbounded(schema: JsonSchema, path = ''): string[] {
  const found: string[] = []
  const { type } = schema
  if (type === 'string' && !('maxLength' in schema || 'enum' in schema || 'const' in schema)) found.push(path)
  if (type === 'array' && !('maxItems' in schema)) found.push(path)
  if ((type === 'integer' || type === 'number') && !('maximum' in schema || 'exclusiveMaximum' in schema))
    found.push(path)
  for (const [name, part] of Object.entries(Object(schema.properties)))
    found.push(...unbounded(Object(part), `${path}/${name}`))
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const parts: unknown = schema[key]
    if (Array.isArray(parts)) for (const part of parts) found.push(...unbounded(Object(part), path))
  }
  if (typeof schema.items === 'object') found.push(...unbounded(Object(schema.items), `${path}/*`))
  return found
}
