/** Counts records and fields of delimited text, quotes and all, byte by byte and across chunks. */

const LF = 10
const CR = 13
const QUOTE = 34
const SPACE = 32
const KEPT_FAULTS = 10

export interface CsvFault {
  /** 1 for the first line of the text. */
  line: number
  message: string
}

export interface CsvRecords {
  delimiter: string
  /** Its fields, unquoted. */
  firstRecord: string[] | undefined
  records: number
  longestRecordBytes: number
  hasMixedLineEnds: boolean
  /** The first ten. */
  faults: CsvFault[]
  faultCount: number
  /** How many records had how many fields. */
  fieldCounts: Map<number, number>
}

export interface RecordCounter {
  push(chunk: Uint8Array): void
  end(): CsvRecords
}

type State = 'start' | 'plain' | 'quoted' | 'closed'

/** `delimiter` is one ASCII character. Blank lines count only where there is a single column. */
export function createRecordCounter(delimiter: string): RecordCounter {
  const separator = delimiter.charCodeAt(0)
  const faults: CsvFault[] = []
  const fieldCounts = new Map<number, number>()
  const first: string[] = []
  let faultCount = 0
  let fieldBytes: number[] = []
  let state: State = 'start'
  let isFirst = true
  let isBlank = true
  let wasCarriageReturn = false
  let fields = 1
  let expected = 0
  let line = 1
  let recordLine = 1
  let recordBytes = 0
  let records = 0
  let longestRecordBytes = 0
  let crlfEnds = 0
  let lfEnds = 0

  const fault = (at: number, message: string) => {
    faultCount++
    if (faults.length < KEPT_FAULTS) faults.push({ line: at, message })
  }
  const endField = () => {
    if (!isFirst) return
    first.push(Buffer.from(fieldBytes).toString('utf8'))
    fieldBytes = []
  }
  const endRecord = () => {
    endField()
    if (isFirst) expected = fields
    if (!isBlank || expected === 1) {
      records++
      fieldCounts.set(fields, (fieldCounts.get(fields) ?? 0) + 1)
      if (fields !== expected) fault(recordLine, `expected ${expected} fields, found ${fields}`)
      isFirst = false
    } else if (isFirst) first.length = 0
    longestRecordBytes = Math.max(longestRecordBytes, recordBytes)
    state = 'start'
    fields = 1
    isBlank = true
    recordBytes = 0
  }

  const step = (byte: number) => {
    recordBytes++
    if (byte === LF && state !== 'quoted') {
      if (wasCarriageReturn) crlfEnds++
      else lfEnds++
      wasCarriageReturn = false
      line++
      endRecord()
      recordLine = line
      return
    }
    if (wasCarriageReturn) {
      fault(line, 'a carriage return without a line feed; end lines with LF or CRLF')
      wasCarriageReturn = false
    }
    if (byte === 0) fault(line, 'a character U+0000')
    if (state === 'quoted') {
      if (byte === LF) line++
      if (byte === QUOTE) state = 'closed'
      else if (isFirst) fieldBytes.push(byte)
      return
    }
    if (byte === CR) {
      wasCarriageReturn = true
      return
    }
    isBlank = false
    if (byte === separator) {
      endField()
      fields++
      state = 'start'
    } else if (state === 'closed') afterQuote(byte)
    else if (byte === QUOTE && state === 'start') {
      fieldBytes = []
      state = 'quoted'
    } else {
      if (isFirst) fieldBytes.push(byte)
      if (byte !== SPACE) state = 'plain'
    }
  }
  const afterQuote = (byte: number) => {
    if (byte === QUOTE) {
      if (isFirst) fieldBytes.push(QUOTE)
      state = 'quoted'
    } else if (byte !== SPACE) {
      fault(line, 'text after a closing quote; a quote inside a quoted field is written twice')
      state = 'plain'
    }
  }

  return {
    push(chunk) {
      for (const byte of chunk) step(byte)
    },
    end() {
      if (state === 'quoted') fault(recordLine, 'a quoted field that is never closed')
      if (recordBytes > 0) endRecord()
      const hasMixedLineEnds = crlfEnds > 0 && lfEnds > 0
      const firstRecord = isFirst ? undefined : first
      return { delimiter, firstRecord, records, longestRecordBytes, hasMixedLineEnds, faults, faultCount, fieldCounts }
    }
  }
}
