/** SpreadsheetML (ECMA-376): every sheet as a table of what its cells show, dates as ISO 8601. Formulas appear as their last values. */
import type { ByteSource } from '../byte-source.ts'
import type { Block, Document } from './document.ts'
import { type DocumentPackage, mainPart, officeProperties, openPackage } from './package.ts'
import { createBlockWriter } from './writer.ts'
import { readXml } from './xml.ts'

const BUILT_IN_DATES = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47])
const DAY_MS = 86_400_000
/** Serial numbers count days; the second system is that of old Macintosh files. */
const EPOCH_1900 = Date.UTC(1899, 11, 30)
const EPOCH_1904 = Date.UTC(1904, 0, 1)
const MAX_DATE_SERIAL = 2_958_466

interface Book {
  texts: string[]
  isDate: boolean[]
  epoch: number
}

export function readXlsx(source: ByteSource): Document {
  const opened = openPackage(source)
  const part = mainPart(opened, 'xl/workbook.xml')
  const relations = opened.relations(part)
  const partOf = (type: string) => [...relations.values()].find(relation => relation.type === type)?.target
  const sheets: { name: string; target: string | undefined }[] = []
  let epoch = EPOCH_1900
  readXml(opened.text(part), part, {
    open(name, attributes) {
      if (name === 'workbookPr' && ['1', 'true'].includes(attributes.date1904 ?? '')) epoch = EPOCH_1904
      if (name === 'sheet')
        sheets.push({ name: attributes.name ?? '', target: relations.get(attributes['r:id'] ?? '')?.target })
    }
  })
  const book: Book = {
    texts: sharedTexts(opened, partOf('sharedStrings')),
    isDate: dateStyles(opened, partOf('styles')),
    epoch
  }
  // Sheets of charts have no cells.
  const blocks = sheets.flatMap(({ name, target }) =>
    target?.includes('worksheets') ? readSheet(opened, target, name, book) : []
  )
  const { title, ...metadata } = officeProperties(opened)
  return { ...(title !== undefined && { title }), metadata, blocks }
}

function readSheet(opened: DocumentPackage, part: string, sheet: string, book: Book): Block[] {
  const writer = createBlockWriter()
  let cell = { type: 'n', style: 0, column: 0 }
  let next = 0
  let value = ''
  let isValue = false
  writer.openTable(sheet)
  readXml(opened.text(part), part, {
    open(name, { r, t = 'n', s = '0' }) {
      if (name === 'row') {
        writer.openRow()
        next = 0
      } else if (name === 'c') {
        const column = r === undefined ? next : columnOf(r)
        cell = { type: t, style: Number(s), column }
        next = column + 1
        value = ''
      } else if (name === 'v' || name === 't') isValue = true
    },
    text(text) {
      if (isValue) value += text
    },
    close(name) {
      if (name === 'v' || name === 't') isValue = false
      else if (name === 'c' && value !== '') {
        writer.text(shown(value, cell, book))
        writer.endCell(cell.column)
      }
    }
  })
  writer.closeTable()
  return writer.blocks
}

function shown(
  value: string,
  { type, style }: { type: string; style: number },
  { texts, isDate, epoch }: Book
): string {
  if (type === 's') return texts[Number(value)] ?? ''
  if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE'
  if (type !== 'n' || !isDate[style]) return value
  const serial = Number(value)
  if (!(serial >= 0 && serial < MAX_DATE_SERIAL)) return value
  const iso = new Date(epoch + Math.round(serial * DAY_MS)).toISOString()
  return Number.isInteger(serial) ? iso.slice(0, 10) : serial < 1 ? iso.slice(11, 19) : iso.slice(0, 19)
}

/** From 0: the letters of `BC12` are a number of base 26. */
function columnOf(reference: string): number {
  let column = 0
  for (const letter of /^[A-Z]{1,3}/.exec(reference)?.[0] ?? 'A') column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}

function sharedTexts(opened: DocumentPackage, part: string | undefined): string[] {
  const texts: string[] = []
  if (part === undefined) return texts
  let text = ''
  let isText = false
  let isPhonetic = false
  readXml(opened.text(part), part, {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 'rPh') isPhonetic = true
      else if (name === 't') isText = !isPhonetic
    },
    text(part) {
      if (isText) text += part
    },
    close(name) {
      if (name === 't') isText = false
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'si') texts.push(text)
    }
  })
  return texts
}

/** By the index of a cell's style, whether it shows a date or time. */
function dateStyles(opened: DocumentPackage, part: string | undefined): boolean[] {
  const isDate: boolean[] = []
  if (part === undefined || !opened.has(part)) return isDate
  const custom = new Set<number>()
  let isCellFormats = false
  readXml(opened.text(part), part, {
    open(name, { numFmtId, formatCode = '' }) {
      // What stands in quotes or brackets is shown, or a colour.
      if (name === 'numFmt' && /[ymdhs]/i.test(formatCode.replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')))
        custom.add(Number(numFmtId))
      else if (name === 'cellXfs') isCellFormats = true
      else if (name === 'xf' && isCellFormats)
        isDate.push(BUILT_IN_DATES.has(Number(numFmtId)) || custom.has(Number(numFmtId)))
    },
    close(name) {
      if (name === 'cellXfs') isCellFormats = false
    }
  })
  return isDate
}
