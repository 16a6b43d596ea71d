/**
 * Reads through a delimited text once and says exactly how it is built: delimiter, column names, records, faults.
 * An engine that guesses these loses rows without a word; with what this scan found it needs no guess.
 */
import { isUtf8 } from 'node:buffer'
import { AppError } from '../../core/errors.ts'
import { detectDelimiter } from './csv-delimiter.ts'
import { createRecordCounter, type RecordCounter } from './csv-records.ts'

/** Enough of the start to tell delimiters apart. */
const SAMPLE_BYTES = 256 * 1024
const REPORTED_FAULTS = 10

export interface CsvShape {
  delimiter: string
  hasHeader: boolean
  /** One a column; unique without regard to case, none empty. */
  columns: string[]
  /** Without the header. */
  records: number
  longestRecordBytes: number
  hasMixedLineEnds: boolean
}

export interface CsvScanOptions {
  delimiter?: string
  /** By default the first record is a header unless all of its fields are numbers or empty. */
  header?: boolean
}

/** @throws BAD_DATA for bad UTF-8, ragged records, broken quotes or no record at all, with line numbers. */
export async function scanCsv(bytes: AsyncIterable<Uint8Array>, options: CsvScanOptions = {}): Promise<CsvShape> {
  const utf8 = createUtf8Check()
  let held: Buffer | undefined = Buffer.alloc(0)
  let counter: RecordCounter | undefined
  const begin = (sample: Buffer, isWhole: boolean) => {
    const content = withoutByteOrderMark(sample)
    counter = createRecordCounter(options.delimiter ?? detectDelimiter(content, isWhole))
    counter.push(content)
    held = undefined
  }

  for await (const chunk of bytes) {
    utf8.push(chunk)
    if (counter) counter.push(chunk)
    else {
      held = Buffer.concat([held ?? Buffer.alloc(0), chunk])
      if (held.length >= SAMPLE_BYTES) begin(held, false)
    }
  }
  utf8.end()
  if (held) begin(held, true)
  if (!counter) throw new AppError('INTERNAL', 'The scan did not begin')
  return describe(counter, options)
}

function describe(counter: RecordCounter, options: CsvScanOptions): CsvShape {
  const found = counter.end()
  const first = found.firstRecord
  if (!first || (first.length === 1 && first[0] === '')) {
    throw new AppError(
      'BAD_DATA',
      'The text is empty or begins with a blank line; it must begin with a header or a record'
    )
  }
  if (found.faultCount > 0) {
    const lines = found.faults.map(fault => `line ${fault.line}: ${fault.message}`)
    throw new AppError(
      'BAD_DATA',
      `${found.faultCount} bad record(s) in delimited text: ${lines.slice(0, 3).join('; ')}`,
      { details: { faults: found.faults.slice(0, REPORTED_FAULTS), delimiter: found.delimiter, columns: first.length } }
    )
  }
  const hasHeader = options.header ?? !first.every(field => field === '' || Number.isFinite(Number(field)))
  return {
    delimiter: found.delimiter,
    hasHeader,
    columns: uniqueNames(hasHeader ? first : first.map(() => '')),
    records: found.records - (hasHeader ? 1 : 0),
    longestRecordBytes: found.longestRecordBytes,
    hasMixedLineEnds: found.hasMixedLineEnds
  }
}

/** Fills in missing names by position and tells equal ones apart by a number. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  // Where counting goes on, so that a hundred thousand equal names are not counted from the start each.
  const counts = new Map<string, number>()
  return names.map((name, index) => {
    const wanted = name.trim() === '' ? `column_${index + 1}` : name.trim()
    const key = wanted.toLowerCase()
    let unique = wanted
    let n = counts.get(key) ?? 1
    for (; taken.has(unique.toLowerCase()); n++) unique = `${wanted}_${n}`
    counts.set(key, n)
    taken.add(unique.toLowerCase())
    return unique
  })
}

function withoutByteOrderMark(sample: Buffer): Buffer {
  return sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? sample.subarray(3) : sample
}

/** Checks UTF-8 over chunk borders; a fault names its line. */
function createUtf8Check() {
  let tail: Buffer = Buffer.alloc(0)
  let line = 1

  const check = (whole: Buffer) => {
    if (isUtf8(whole)) {
      for (let at = whole.indexOf(10); at !== -1; at = whole.indexOf(10, at + 1)) line++
      return
    }
    let start = 0
    for (
      let end = whole.indexOf(10);
      end !== -1 && isUtf8(whole.subarray(start, end));
      end = whole.indexOf(10, start)
    ) {
      line++
      start = end + 1
    }
    throw new AppError('BAD_DATA', `Line ${line} is not valid UTF-8; convert the text to UTF-8 first`, {
      details: { line }
    })
  }
  return {
    push(chunk: Uint8Array) {
      const whole =
        tail.length > 0 ? Buffer.concat([tail, chunk]) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
      const cut = whole.length - incompleteBytes(whole)
      check(whole.subarray(0, cut))
      tail = Buffer.from(whole.subarray(cut))
    },
    end: () => check(tail)
  }
}

/** How many bytes at the end begin a character that is not finished. */
function incompleteBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
  }
  return 0
}
