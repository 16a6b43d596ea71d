/** RTF 1.9: its text, paragraphs and tables. Pictures, fonts and everything else that has a destination of its own is left out. */
import { AppError } from '../../core/errors.ts'
import type { Document } from './document.ts'
import { decoderFor } from './text-encoding.ts'
import { createBlockWriter } from './writer.ts'

const SKIPPED = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'listtable',
  'listoverridetable',
  'rsidtbl',
  'generator',
  'info',
  'pict',
  'object',
  'header',
  'headerl',
  'headerr',
  'headerf',
  'footer',
  'footerl',
  'footerr',
  'footerf',
  'themedata',
  'colorschememapping',
  'datastore',
  'latentstyles',
  'xmlnstbl',
  'fldinst',
  'bkmkstart',
  'bkmkend',
  'filetbl',
  'revtbl'
])
const SPECIAL: Record<string, string> = {
  tab: '\t',
  line: '\n',
  emdash: '—',
  endash: '–',
  bullet: '•',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  emspace: ' ',
  enspace: ' ',
  '~': '\u00a0',
  _: '-',
  '-': ''
}
/** A control word with its number, a hex byte, a control symbol, a brace, or text. */
const TOKEN = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)|[\r\n]+/giy
const MAX_DEPTH = 1000

interface Group {
  isSkipped: boolean
  /** Characters that stand behind a `\u` for readers without Unicode. */
  fallback: number
}

/** @throws BAD_DATA if it is cut. */
export function readRtf(bytes: Buffer): Document {
  const text = bytes.toString('latin1')
  const writer = createBlockWriter()
  const groups: Group[] = []
  let group: Group = { isSkipped: false, fallback: 1 }
  let decoder = new TextDecoder('windows-1252')
  let isOptional = false
  let toDrop = 0
  let isInTable = false
  let isInRow = false
  let hex: number[] = []

  const write = (piece: string) => {
    // Text behind a row that has ended stands below the table.
    if (isInTable && !isInRow) endTable()
    writer.text(piece)
  }
  const flush = () => {
    if (hex.length > 0) write(decoder.decode(Buffer.from(hex)))
    hex = []
  }
  const put = (piece: string) => {
    const dropped = Math.min(toDrop, piece.length)
    toDrop -= dropped
    if (!group.isSkipped && piece.length > dropped) write(piece.slice(dropped))
  }
  const endTable = () => {
    if (isInTable) writer.closeTable()
    isInTable = false
    isInRow = false
  }
  const control = (word: string, number: number | undefined) => {
    if (isOptional || SKIPPED.has(word)) group.isSkipped = true
    isOptional = false
    if (word === 'ansicpg') decoder = decoderOf(number) ?? decoder
    else if (word === 'uc') group.fallback = number ?? 1
    if (group.isSkipped) return
    if (word === 'u' && number !== undefined) {
      write(String.fromCharCode(number & 0xffff))
      toDrop = group.fallback
    } else if (word === 'trowd' && !isInRow) {
      if (!isInTable) writer.openTable()
      isInTable = true
      isInRow = true
      writer.openRow()
    } else if (word === 'cell' && isInRow) writer.endCell()
    else if (word === 'row') isInRow = false
    else if (word === 'par' || word === 'sect' || word === 'page') {
      if (!isInRow) endTable()
      writer.end()
    } else put(Object.hasOwn(SPECIAL, word) ? (SPECIAL[word] ?? '') : '')
  }

  TOKEN.lastIndex = 0
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [, word, number, byte, symbol, brace, piece] = token
    if (byte === undefined) flush()
    if (word !== undefined) control(word.toLowerCase(), number === undefined ? undefined : Number(number))
    else if (byte !== undefined) {
      if (toDrop > 0) toDrop--
      else if (!group.isSkipped) hex.push(Number.parseInt(byte, 16))
    } else if (symbol === '*') isOptional = true
    else if (symbol !== undefined) put(Object.hasOwn(SPECIAL, symbol) ? (SPECIAL[symbol] ?? '') : symbol)
    else if (brace === '{') {
      if (groups.push(group) > MAX_DEPTH)
        throw new AppError('BAD_DATA', `The RTF is nested deeper than ${MAX_DEPTH} groups`)
      group = { ...group }
      toDrop = 0
    } else if (brace === '}') {
      group = groups.pop() ?? group
      toDrop = 0
      if (groups.length === 0) break
    } else if (piece !== undefined) put(piece)
  }
  if (groups.length > 0) throw new AppError('BAD_DATA', 'The RTF ends in the middle of a group, so it was cut')
  flush()
  endTable()
  writer.end()
  return { metadata: {}, blocks: writer.blocks }
}

const CODE_PAGES: Record<number, string> = { 65001: 'utf-8', 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5' }

const decoderOf = (codePage = 1252) => decoderFor(CODE_PAGES[codePage] ?? `windows-${codePage}`)
