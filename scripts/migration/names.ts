/** Every tool of the Python server, by category. */
import { namesOf, OLD_CATEGORIES, type OldCategory, type OldName } from '../../src/compat/old-names.ts'
import type { Manifest } from '../../src/core/catalog.ts'
import { code, table } from '../reference/markdown.ts'
import { linkTool, linkTools, type ToolPages, toolPages } from './links.ts'

export function namesSection(manifest: Manifest): string {
  const pages = toolPages(manifest)
  const all = OLD_CATEGORIES.flatMap(namesOf)
  const here = all.filter(({ name }) => pages.has(name)).length
  return [
    `## Names of tools

Of ${all.length} names, ${here} are tools here. The others are *replaced* (other tools do the same job), *absent* (this server does not do that job) or
*dropped* (what it answered was invented, it never ran, or it is no job of a dataset server).`,
    ...OLD_CATEGORIES.map(category => categorySection(category, pages))
  ].join('\n\n')
}

function categorySection(category: OldCategory, pages: ToolPages): string {
  const names = namesOf(category)
  const here = names.filter(({ name }) => pages.has(name))
  const rows = [
    ...Object.entries(category.changed ?? {}).map(([name, change]) => [code(name), 'changed', change]),
    ...category.groups.map(group => {
      const gone = names.filter(old => old.group === group && !pages.has(old.name))
      return [gone.map(({ name }) => code(name)).join(', '), group.reason, linkTools(group.advice, pages)]
    })
  ].filter(([listed]) => listed !== '')
  return [
    `### ${category.id === '' ? 'Outside of any category' : category.id}`,
    here.length > 0 && `Tools here: ${here.map(old => linkKept(old, pages)).join(', ')}.`,
    rows.length > 0 && table(['name', '', 'what differs, or what to use'], rows)
  ]
    .filter(part => part !== false)
    .join('\n\n')
}

/** A kept name, with the category where it is now if that is another. */
function linkKept({ name, category }: OldName, pages: ToolPages): string {
  const now = pages.get(name)?.category
  return `${linkTool(name, pages)}${now === category || category === '' ? '' : ` (in ${now})`}`
}
