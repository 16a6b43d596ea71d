/** A tool as the search sees it: its words, by where they stand. */
import type { ManifestCategory, ManifestTool } from '../../core/catalog.ts'

export const FIELDS = ['name', 'title', 'description', 'parameters', 'examples', 'askedFor', 'category'] as const
export type Field = (typeof FIELDS)[number]

export interface SearchDocument {
  name: string
  category: string
  title: string
  fields: Record<Field, string>
}

/** Enough for any tool; a schema cannot make the index grow without end. */
const MAX_PARAMETERS = 200

export function documentsOf(categories: readonly ManifestCategory[]): SearchDocument[] {
  const names = new Set(categories.flatMap(category => category.tools.map(tool => tool.name)))
  return categories.flatMap(category => category.tools.map(tool => documentOf(tool, category, names)))
}

/** The sentence of a description that names jobs of other tools: who looks for those must not find this one. */
const NOT_FOR = /(?<=^|[.;] )Not for [^:]+: use [^.]+\.?/g

function documentOf(tool: ManifestTool, category: ManifestCategory, names: ReadonlySet<string>): SearchDocument {
  const aliases = (tool.aliases ?? []).map(alias => alias.name)
  return {
    name: tool.name,
    category: category.id,
    title: tool.title,
    fields: {
      // The name in one piece as well, for those who write it without its underscores.
      name: [tool.name, tool.name.replaceAll('_', ''), ...aliases].join(' '),
      title: tool.title,
      description: tool.description.replace(NOT_FOR, '').replace(/\w+/g, word => (names.has(word) ? '' : word)),
      parameters: parametersOf(tool.inputSchema).join(' '),
      examples: tool.exampleTitles.join(' '),
      askedFor: (tool.askedFor ?? []).join(' '),
      category: [category.id, category.title, tool.group ?? ''].join(' ')
    }
  }
}

/** Names, descriptions and allowed values of the parameters, at every depth. */
function parametersOf(schema: unknown): string[] {
  const words: string[] = []
  const open: unknown[] = [schema]
  for (let part = open.shift(); part !== undefined && words.length < MAX_PARAMETERS; part = open.shift()) {
    const { properties, items, anyOf, oneOf, enum: values, const: value, description } = Object(part)
    for (const [name, member] of Object.entries(Object(properties))) {
      words.push(name)
      open.push(member)
    }
    words.push(
      ...[description, value, ...(Array.isArray(values) ? values : [])].filter(word => typeof word === 'string')
    )
    open.push(...[items, anyOf, oneOf].flat().filter(one => one !== undefined))
  }
  return words
}
