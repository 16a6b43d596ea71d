/** How deep the types of a column go. */
import { AppError } from '../../core/errors.ts'
import type { Column } from './sql-text.ts'

/** Reading a list of lists from Parquet takes the engine twice as long for every level, and no abort ends it. */
export const MAX_NESTING = 16

/** TOO_LARGE names the column that is nested too deeply to be kept. */
export function refuseDeepTypes(columns: readonly Column[]): void {
  const deep = columns.find(({ type }) => nestingOf(type) > MAX_NESTING)
  if (!deep) return
  throw new AppError(
    'TOO_LARGE',
    `Column ${JSON.stringify(deep.name.slice(0, 100))} is nested more than ${MAX_NESTING} levels deep; flatten it, or keep it as text`
  )
}

/** Levels of lists, structs and maps in a type as the engine writes it. */
export function nestingOf(type: string): number {
  const deepest = [0]
  let last = 0
  for (const [token] of type.matchAll(/"(?:[^"]|"")*"|[(),]|\[\d*\]/g)) {
    if (token === '(') {
      deepest.push(0)
      last = 0
    } else if (token === ')') last = 1 + (deepest.pop() ?? 0)
    else if (token === ',') last = 0
    else if (token.startsWith('[')) last++
    const top = deepest.length - 1
    deepest[top] = Math.max(deepest[top] ?? 0, last)
  }
  return deepest[0] ?? 0
}
