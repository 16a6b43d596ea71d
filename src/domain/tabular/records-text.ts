/** Records as text and back: JSON, JSON Lines, CSV, TSV, YAML; a Markdown table only out. For data that fits a call; files go through an engine. */
import { AppError } from '../../core/errors.ts'
import { readCsv, writeCsv } from './csv-text.ts'
import { depthOfJson } from './json-depth.ts'
import { columnsOf, fieldText, isRecord, type Rec, type TextOptions } from './records.ts'

export const TEXT_FORMATS = ['json', 'jsonl', 'csv', 'tsv', 'yaml'] as const
export const TARGET_FORMATS = [...TEXT_FORMATS, 'markdown'] as const
export type TextFormat = (typeof TEXT_FORMATS)[number]
export type TargetFormat = (typeof TARGET_FORMATS)[number]

/** More levels would end the stack of some reader. */
const MAX_DEPTH = 256

/** @throws BAD_DATA with the line where there is one; TOO_LARGE when nested too deeply. */
export async function readText(text: string, format: TextFormat, options: TextOptions = {}): Promise<unknown> {
  switch (format) {
    case 'json':
      return parseJson(text, 'The text')
    case 'jsonl':
      return text
        .split(/\r?\n/)
        .flatMap((line, index) => (line.trim() === '' ? [] : [parseJson(line, `Line ${index + 1}`)]))
    case 'csv':
      return await readCsv(text, options)
    case 'tsv':
      return await readCsv(text, { ...options, delimiter: '\t' })
    case 'yaml':
      return await parseYaml(text)
  }
}

/** @throws INVALID_INPUT when the format holds records only and the value is something else. */
export async function writeText(value: unknown, format: TargetFormat, options: TextOptions = {}): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(value, null, options.indent ?? 0)
    case 'jsonl':
      return asList(value)
        .map(item => `${JSON.stringify(item)}\n`)
        .join('')
    case 'csv':
      return writeCsv(asRecords(value), options.delimiter ?? ',')
    case 'tsv':
      return writeCsv(asRecords(value), '\t')
    case 'yaml':
      return (await import('yaml')).stringify(value, { indent: Math.max(1, options.indent ?? 2), lineWidth: 0 })
    case 'markdown':
      return markdownTable(asRecords(value))
  }
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

/** One object is a list of one. */
export function asRecords(value: unknown): Rec[] {
  return asList(value).map((item, index) => {
    if (isRecord(item)) return item
    const message = `Item ${index} is not an object; a table is an array of objects`
    throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/data', message }] })
  })
}

function parseJson(text: string, where: string): unknown {
  refuseDeep(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('BAD_DATA', `${where} is not JSON: ${reason.slice(0, 200)}`, { cause })
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'error' })
  const [error] = document.errors
  if (error) throw new AppError('BAD_DATA', `The text is not YAML: ${error.message.split('\n')[0]}`)
  try {
    // Aliases may make much out of little.
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    refuseDeep(JSON.stringify(value) ?? '')
    return value
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('BAD_DATA', 'The YAML has too many aliases, or is nested too deeply', { cause })
  }
}

function refuseDeep(text: string): void {
  if (depthOfJson(text) <= MAX_DEPTH) return
  throw new AppError('TOO_LARGE', `The data is nested deeper than ${MAX_DEPTH} levels; flatten it`)
}

function markdownTable(records: readonly Rec[]): string {
  const columns = columnsOf(records)
  if (columns.length === 0) return ''
  const cell = (value: unknown) => fieldText(value).replaceAll('|', '\\|').replace(/\r?\n/g, '<br>')
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return [
    line(columns.map(cell)),
    line(columns.map(() => '---')),
    ...records.map(record => line(columns.map(name => cell(record[name]))))
  ].join('')
}
