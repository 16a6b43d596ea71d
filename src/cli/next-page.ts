/** The call that answers what comes after a page. */
import type { Catalog, ManifestTool } from '../core/catalog.ts'

export interface PageCall {
  /** As it was called: the tool's name, or an alias. */
  tool: string
  entry: ManifestTool
  args: Record<string, unknown>
}

/** By the members `next_<what>` of an answer, for the parameter `<what>` or `first_<what>`. The same tool goes on, or one beside it that takes what was answered. */
export function nextPage(
  catalog: Catalog,
  { tool, entry, args }: PageCall,
  answer: Record<string, unknown>
): PageCall | undefined {
  for (const [name, value] of Object.entries(answer)) {
    if (!name.startsWith('next_') || value === null || value === undefined) continue
    const parameter = name.slice('next_'.length)
    const own = [parameter, `first_${parameter}`].find(key => takes(entry, key))
    if (own !== undefined) return { tool, entry, args: { ...args, [own]: value } }
    const given: Record<string, unknown> = { ...answer, [parameter]: value }
    const other = catalog
      .category(entry.category)
      .tools.find(tool => takes(tool, parameter) && required(tool).every(key => Object.hasOwn(given, key)))
    if (other) {
      const keys = new Set([...required(other), parameter])
      return { tool: other.name, entry: other, args: Object.fromEntries([...keys].map(key => [key, given[key]])) }
    }
  }
  return undefined
}

const takes = ({ inputSchema }: ManifestTool, parameter: string): boolean =>
  Object.hasOwn(Object(inputSchema.properties), parameter)

const required = ({ inputSchema }: ManifestTool): string[] =>
  Array.isArray(inputSchema.required) ? inputSchema.required.map(String) : []
