/** What a tool answered, for people: tables of what has rows, then the rest as name and value. */
import { type Look, visible, widthOf } from './look.ts'
import { layOut, type Table } from './table.ts'

type Row = Record<string, unknown>

/** Of the call and not of what it was for; the exit code says as much. */
const OF_THE_CALL = new Set(['ok', 'success', 'request_id'])

export function describeResult(envelope: Record<string, unknown>, look: Look): Table {
  const tables: [name: string, rows: readonly Row[]][] = []
  const facts: [name: string, value: unknown][] = []
  for (const [name, value] of Object.entries(envelope)) {
    const isOfTheCall = OF_THE_CALL.has(name) || (name === 'status' && value === 'success')
    if (!isOfTheCall) sortOut(name, value, tables, facts)
  }
  const shown = tables.map(([name, rows]) => {
    const { text, isCut } = tableOf(rows, look)
    return { text: tables.length > 1 ? `${look.title(`${visible(name)}:`)}\n${text}` : text, isCut }
  })
  const parts = [...shown.map(({ text }) => text), factsText(facts, look)].filter(text => text !== '')
  return { text: parts.join('\n') || 'Done\n', isCut: shown.some(({ isCut }) => isCut) }
}

/** Objects within objects become names with dots, so that what they hold is seen. */
function sortOut(name: string, value: unknown, tables: [string, readonly Row[]][], facts: [string, unknown][]): void {
  if (Array.isArray(value) && value.length > 0 && value.every(isRow)) tables.push([name, value])
  else if (isRow(value) && Object.keys(value).length > 0) {
    for (const [member, inner] of Object.entries(value)) sortOut(`${name}.${member}`, inner, tables, facts)
  } else facts.push([name, value])
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tableOf(rows: readonly Row[], look: Look): Table {
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const cells = rows.map(row => names.map(name => (row[name] === null ? '' : textOf(row[name] ?? ''))))
  return layOut(cells, look, names)
}

/** Texts of several lines keep them and stand at the end. */
function factsText(facts: readonly [string, unknown][], { faint }: Look): string {
  const isLong = ([, value]: readonly [string, unknown]) => typeof value === 'string' && value.trimEnd().includes('\n')
  const short = facts
    .filter(fact => !isLong(fact))
    .map(([name, value]) => [`${visible(name)}:`, visible(textOf(value))])
  const width = Math.max(0, ...short.map(([name = '']) => widthOf(name)))
  const lines = short.map(([name = '', value = '']) =>
    `${faint(name)}${' '.repeat(width - widthOf(name) + 2)}${value}`.trimEnd()
  )
  const blocks = facts
    .filter(isLong)
    .flatMap(([name, value]) => [faint(`${visible(name)}:`), ...textOf(value).trimEnd().split('\n').map(visible)])
  return [...lines, ...blocks].map(line => `${line}\n`).join('')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || (Object.keys(Object(value)).length === 0 && typeof value === 'object')) return 'none'
  const isList = Array.isArray(value) && value.every(item => typeof item !== 'object')
  return isList ? value.join(', ') : JSON.stringify(value)
}
