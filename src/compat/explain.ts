/** Makes of TOOL_NOT_FOUND an answer that helps clients of the Python server: what to use instead of an old name. */
import type { Catalog, UnknownNameError } from '../core/catalog.ts'
import { AppError } from '../core/errors.ts'
import { findOldName, OLD_CATEGORIES, type OldCategory, type OldName, words } from './old-names.ts'

/** What the details of the error say besides the sentence. */
interface Advice {
  /** Tools of this server. */
  use: string[]
  /** `moved`: it is here under this name, but not where it was looked for. The others as in the table. */
  reason: 'moved' | 'replaced' | 'absent' | 'dropped'
  text: string
}

/** The error of the catalogue with advice, if an old name was asked for; otherwise as it is. */
export function explainUnknown(thrown: UnknownNameError, catalog: Pick<Catalog, 'has'>): AppError {
  const { tool, category } = thrown.asked
  const advice = tool === undefined ? adviceForCategory(category) : adviceForTool(tool, category, catalog)
  if (!advice) return thrown
  const { nearest: _guess, ...details } = thrown.details ?? {}
  const name = [category, tool].filter(part => part !== undefined).join('.')
  const what = `no ${tool === undefined ? 'category' : 'tool'} "${name.slice(0, 160)}"`
  return new AppError('TOOL_NOT_FOUND', `There is ${what} here. ${advice.text}`, {
    details: { ...details, use: advice.use, reason: advice.reason },
    cause: thrown
  })
}

function adviceForTool(asked: string, category: string | undefined, catalog: Pick<Catalog, 'has'>): Advice | undefined {
  const [, prefix, rest = asked] = /^(\w+)[./](\w+)$/.exec(asked) ?? []
  const where = prefix ?? category
  // A client that guesses the category wrong still means the tool.
  const old = findOldName(rest, where) ?? findOldName(rest)
  if (!old) return undefined
  if (catalog.has(rest)) return { use: [rest], reason: 'moved', text: `Call it as ${rest}.` }
  return old.group && adviceOf(old.group)
}

function adviceOf({ use, reason, advice }: NonNullable<OldName['group']>): Advice {
  return { use: words(use), reason, text: advice }
}

function adviceForCategory(id: string | undefined): Advice | undefined {
  const category = OLD_CATEGORIES.find(known => known.id === id && id !== '')
  return category && summaryOf(category)
}

function summaryOf({ groups }: OldCategory): Advice {
  const [only, ...others] = groups
  if (only && others.length === 0) return adviceOf(only)
  const use = [...new Set(groups.flatMap(group => words(group.use)))]
  const reason = groups.some(group => group.reason === 'replaced') ? 'replaced' : 'absent'
  return { use, reason, text: `For its tools use ${use.join(', ')}; docs/guides/migration.md says which for what.` }
}
