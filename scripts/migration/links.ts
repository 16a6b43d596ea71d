/** Links from a guide to the pages of tools. */
import type { Manifest } from '../../src/core/catalog.ts'
import { plain } from '../reference/markdown.ts'

/** The tool behind each name and alias. */
export type ToolPages = ReadonlyMap<string, { name: string; category: string }>

export function toolPages({ categories }: Manifest): ToolPages {
  return new Map(
    categories.flatMap(({ tools }) =>
      tools.flatMap(({ name, category, aliases = [] }) =>
        [name, ...aliases.map(alias => alias.name)].map(key => [key, { name, category }] as const)
      )
    )
  )
}

export function linkTools(text: string, pages: ToolPages): string {
  return plain(text).replace(/[a-z][a-z0-9_]+/g, word => linkTool(word, pages) ?? word)
}

/** The name as a link to its page; undefined if there is no such tool. */
export function linkTool(name: string, pages: ToolPages): string | undefined {
  const tool = pages.get(name)
  return tool && `[${name}](../reference/${tool.name}.md)`
}
