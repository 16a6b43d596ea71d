/** Rows of cells as lines with columns under one another. On a terminal they are cut to its width. */
import { cut, type Look, lookOf, visible, widthOf } from './look.ts'
import type { Terminal } from './terminal.ts'

type Rows = readonly (readonly string[])[]

export interface Table {
  text: string
  /** Whether something is left out, so that who prints it can say how to see it. */
  isCut: boolean
}

const GAP = '  '
/** Of a column that others leave little room; what then has no room is left out. */
const NARROWEST = 6

/** Cells may hold any text. Numbers stand to the right. */
export function layOut(rows: Rows, look: Pick<Look, 'columns' | 'title'>, head?: readonly string[]): Table {
  const cells = (head ? [head, ...rows] : rows).map(row => row.map(visible))
  const natural = (cells[0] ?? []).map((_, column) =>
    cells.reduce((widest, row) => Math.max(widest, widthOf(row[column] ?? '')), 0)
  )
  const widths = widthsWithin(natural, look.columns)
  const isNumeric = widths.map((_, column) => rows.every(row => /^(-?[\d.,e+]+)?$/.test(row[column] ?? '')))
  const lines = cells.map((row, index) => {
    const line = widths.map((width, column) => place(row[column] ?? '', width, isNumeric[column] ?? false))
    const text = line.join(GAP).trimEnd()
    return `${head && index === 0 ? look.title(text) : text}\n`
  })
  const isCut = widths.length < natural.length || widths.some((width, column) => width < (natural[column] ?? 0))
  return { text: lines.join(''), isCut }
}

/** Prints a table; says on standard error when the terminal was too narrow for it. */
export function printTable(rows: Rows, { stdout, stderr, env }: Terminal, head?: readonly string[]): void {
  const { text, isCut } = layOut(rows, lookOf(stdout, env), head)
  stdout.write(text)
  if (isCut) stderr.write(cutHint(lookOf(stderr, env)))
}

export function cutHint({ faint }: Look): string {
  return `${faint('Cut to the width of the terminal; --json shows everything')}\n`
}

function place(text: string, width: number, isRight: boolean): string {
  const shown = cut(text, width)
  const space = ' '.repeat(width - widthOf(shown))
  return isRight ? space + shown : shown + space
}

/** The widest columns give room first. */
function widthsWithin(natural: readonly number[], columns = Number.POSITIVE_INFINITY): number[] {
  const widths: number[] = []
  let needed = 0
  for (const width of natural) {
    needed += Math.min(width, NARROWEST) + (widths.length > 0 ? GAP.length : 0)
    if (needed > columns && widths.length > 0) break
    widths.push(width)
  }
  const room = columns - GAP.length * (widths.length - 1)
  const sum = (most: number) => widths.reduce((total, width) => total + Math.min(width, most), 0)
  let most = Math.max(0, ...widths)
  while (most > 1 && sum(most) > room) most--
  return widths.map(width => Math.min(width, most))
}
