/** Delimited text that fits in memory, as records and back (RFC 4180). */
import { type CsvScanOptions, scanCsv } from './csv-scan.ts'
import { columnsOf, fieldText, type Rec, type TextOptions } from './records.ts'

/** The scan names what is wrong, with lines; what passed it is read without looking twice. */
export async function readCsv(text: string, { delimiter, header, inferTypes = true }: TextOptions): Promise<Rec[]> {
  const options: CsvScanOptions = {
    ...(delimiter !== undefined && { delimiter }),
    ...(header !== undefined && { header })
  }
  const plain = text.replace(/^\ufeff/, '')
  const shape = await scanCsv(chunksOf(plain), options)
  const records = recordsOf(plain, shape.delimiter, shape.columns.length === 1)
  return records
    .slice(shape.hasHeader ? 1 : 0)
    .map(fields =>
      Object.fromEntries(
        shape.columns.map((name, at) => [name, inferTypes ? typedValue(fields[at]) : fields[at]?.text])
      )
    )
}

/** A header and one line for each record; fields that need it are quoted. */
export function writeCsv(records: readonly Rec[], delimiter: string): string {
  const columns = columnsOf(records)
  if (columns.length === 0) return ''
  const needsQuotes = new RegExp(`["\\r\\n\\${delimiter}]|^\\s|\\s$`)
  const quoted = (text: string) => (needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  const line = (fields: readonly string[]) => `${fields.join(delimiter)}\n`
  // A text that is empty is told from no value by its quotes.
  const field = (value: unknown) => (value === '' ? '""' : quoted(fieldText(value)))
  return [line(columns.map(quoted)), ...records.map(record => line(columns.map(name => field(record[name]))))].join('')
}

async function* chunksOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

interface Field {
  text: string
  isQuoted: boolean
}

const FIELD = (delimiter: string) =>
  new RegExp(`( *"((?:[^"]|"")*)" *|[^\\${delimiter}\\r\\n]*)(\\${delimiter}|\\r?\\n|$)`, 'gy')

function recordsOf(text: string, delimiter: string, isOneColumn: boolean): Field[][] {
  const records: Field[][] = []
  let fields: Field[] = []
  for (const { 1: raw = '', 2: inner, 3: end = '', index } of text.matchAll(FIELD(delimiter))) {
    if (index === text.length && fields.length === 0) break
    fields.push(
      inner === undefined ? { text: raw, isQuoted: false } : { text: inner.replaceAll('""', '"'), isQuoted: true }
    )
    if (end === delimiter) continue
    const isBlank = fields.length === 1 && fields[0]?.text === '' && !fields[0].isQuoted
    if (!isBlank || isOneColumn) records.push(fields)
    fields = []
  }
  return records
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d{1,3})?$/

/** What gives the same text back; `007` and numbers with more digits than a double holds stay text. */
function typedValue(field: Field | undefined): unknown {
  if (!field) return null
  const { text, isQuoted } = field
  if (isQuoted) return text
  if (text === '') return null
  if (text === 'true' || text === 'false') return text === 'true'
  const number = NUMBER.test(text) ? Number(text) : Number.NaN
  return String(number) === text ? number : text
}
