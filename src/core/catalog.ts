/**
 * The registry of tools. What callers list and search comes from the manifest, which a script computes from the tool
 * declarations; a category's code is imported when one of its tools is first called.
 */
import { AppError, type ErrorCode } from './errors.ts'
import { nearest } from './nearest.ts'
import type { AliasNames, Category, Effect, Runtime, ServiceName, TaskSupport, Tool, ToolLimits } from './tool.ts'

declare module './tool.ts' {
  interface Services {
    catalog: Catalog
  }
}

export type JsonSchema = Record<string, unknown>

/** A tool's public face, as the manifest holds it. */
export interface ManifestTool {
  name: string
  category: string
  group?: string
  aliases?: readonly AliasNames[]
  title: string
  /** How people ask for it; the search reads them. */
  askedFor?: readonly string[]
  description: string
  runtime: Runtime
  remote: 'never' | 'task' | 'peer'
  asTask?: TaskSupport
  effect: Effect
  ability: string
  needs: readonly ServiceName[]
  errors: readonly ErrorCode[]
  limits: ToolLimits
  inputSchema: JsonSchema
  outputSchema: JsonSchema
  /** What its examples show; the search reads them. */
  exampleTitles: readonly string[]
  /** CID of the canonical contract. */
  contract: string
}

export interface ManifestCategory {
  id: string
  title: string
  summary: string
  tools: readonly ManifestTool[]
}

export interface Manifest {
  categories: readonly ManifestCategory[]
  /** What stands behind prompts and resources: called like tools, and in no list or search of them. */
  unlisted?: readonly ManifestCategory[]
}

/** How to import the code of each category. */
export type CategoryLoaders = Record<string, () => Promise<Category>>

export interface Resolved {
  entry: ManifestTool
  /** Set when the name was an alias. */
  alias?: AliasNames
}

export interface Catalog {
  readonly categories: readonly ManifestCategory[]
  /** TOOL_NOT_FOUND names the nearest category. */
  category(id: string): ManifestCategory
  /** Whether `resolve` would find it. */
  has(name: string): boolean
  /** By wire name, alias, or `<category>.<tool>`; TOOL_NOT_FOUND names the nearest tool. */
  resolve(name: string, category?: string): Resolved
  /** Imports the tool's code. */
  load(entry: ManifestTool): Promise<Tool>
  /** Why the tool cannot be called now, or undefined if it can. */
  unavailability(entry: ManifestTool): string | undefined
  /** What `make` computes from the categories, computed once: for values too dear to make anew in each call. */
  derive<T>(make: (categories: readonly ManifestCategory[]) => T): T
}

/** TOOL_NOT_FOUND for a name that this catalogue does not have, with the nearest one; `asked` is all that the caller said. */
export class UnknownNameError extends AppError {
  readonly asked: { readonly tool?: string; readonly category?: string }

  constructor(
    asked: UnknownNameError['asked'],
    kind: 'tool' | 'category',
    name: string,
    known: Iterable<string>,
    details: Record<string, unknown>,
    category?: string
  ) {
    const near = nearest(name, known)
    const where = category === undefined ? '' : ` in category "${category}"`
    const guess = near === undefined ? '' : `; did you mean "${near}"?`
    super('TOOL_NOT_FOUND', `There is no ${kind} "${name.slice(0, 80)}"${where}${guess}`, {
      details: { ...details, ...(near !== undefined && { nearest: near }) }
    })
    this.asked = asked
  }
}

/** The category whose tools every listing shows, whatever the exposure. */
export const META_CATEGORY = 'meta'

export function createCatalog(
  manifest: Manifest,
  loaders: CategoryLoaders,
  unavailability: (service: ServiceName) => string | undefined
): Catalog {
  const listed = new Map(manifest.categories.map(category => [category.id, category]))
  const unlisted = new Map(manifest.unlisted?.map(category => [category.id, category]))
  const byName = new Map<string, Resolved>()
  for (const category of [...listed.values(), ...unlisted.values()]) {
    for (const entry of category.tools) {
      for (const alias of entry.aliases ?? []) {
        byName.set(alias.name, { entry, alias })
        byName.set(`${category.id}.${alias.name}`, { entry, alias })
      }
      byName.set(`${category.id}.${entry.name}`, { entry })
      byName.set(entry.name, { entry })
    }
  }
  const loaded = new Map<string, Tool>()
  const derived = new Map<unknown, unknown>()

  /** `tool` is what the caller wants of it. */
  function categoryOf(id: string, tool?: string): ManifestCategory {
    const found = listed.get(id) ?? unlisted.get(id)
    if (found) return found
    throw new UnknownNameError({ category: id, ...(tool !== undefined && { tool }) }, 'category', id, listed.keys(), {
      available_categories: [...listed.keys()]
    })
  }

  const catalog: Catalog = {
    categories: manifest.categories,

    category: id => categoryOf(id),

    has: name => byName.has(name),

    resolve(tool, categoryId) {
      const category = categoryId === undefined ? undefined : categoryOf(categoryId, tool)
      const found = byName.get(category ? `${category.id}.${tool}` : tool)
      if (found) return found
      if (!category) throw new UnknownNameError({ tool }, 'tool', tool, toolNames(manifest), {})
      const known = category.tools.map(({ name }) => name)
      const asked = { tool, category: category.id }
      throw new UnknownNameError(asked, 'tool', tool, known, { available_tools: known }, category.id)
    },

    async load(entry) {
      const known = loaded.get(entry.name)
      if (known) return known
      const category = await loaders[entry.category]?.()
      for (const tool of category?.tools ?? []) loaded.set(tool.name, tool)
      const tool = loaded.get(entry.name)
      if (!tool)
        throw new AppError('INTERNAL', `The manifest names "${entry.name}", which "${entry.category}" does not have`)
      return tool
    },

    unavailability(entry) {
      for (const service of entry.needs) {
        const reason = unavailability(service)
        if (reason !== undefined) return reason
      }
      return undefined
    },

    derive<T>(make: (categories: readonly ManifestCategory[]) => T): T {
      if (!derived.has(make)) derived.set(make, make(manifest.categories))
      // The value under a function is what that function returned.
      return derived.get(make) as T
    }
  }
  return catalog
}

function toolNames(manifest: Manifest): string[] {
  return manifest.categories.flatMap(category => category.tools.map(tool => tool.name))
}
