/** The vocabulary of the comparison of schemas. */
import { canonicalize } from '../../core/canonical.ts'

/** `narrower` takes less than before, `wider` more; who suffers from which depends on the side that a schema stands on. */
export type Shift =
  | 'narrower'
  | 'wider'
  | 'member-removed'
  | 'member-added'
  | 'default-added'
  | 'default-changed'
  | 'words'

export interface SchemaChange {
  path: string
  shift: Shift
  what: string
}

export type CompareSchemas = (before: unknown, after: unknown, path: string) => SchemaChange[]

/** Keywords that tell people something and bind nobody. */
export const WORDS: ReadonlySet<string> = new Set(['title', 'description', 'examples', '$comment', 'deprecated'])

/** By canonical text, so that the order of members means nothing. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b
  return canonicalize(a) === canonicalize(b)
}

export function told(from: unknown, to: unknown): string {
  if (from === undefined) return `${quoted(to)} added`
  return to === undefined ? `${quoted(from)} removed` : `from ${quoted(from)} to ${quoted(to)}`
}

function quoted(value: unknown): string {
  const text = canonicalize(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
