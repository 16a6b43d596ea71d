/** Collects blocks while a format is read: text runs until something ends it. */
import { AppError } from '../../core/errors.ts'
import type { Block } from './document.ts'

/** Cells of all tables, those left empty included: a sheet may name a cell in its last column and nothing else. */
const MAX_CELLS = 2_000_000

export type TextKind = 'paragraph' | 'item' | 'code' | { heading: number }

export interface BlockWriter {
  readonly blocks: Block[]
  /** Text of the block or cell that is open. */
  text(text: string): void
  /** Ends the open block, which then becomes one of this kind; without text it becomes none. */
  end(kind?: TextKind): void
  /** Tables in cells are read as the text of the cell. */
  openTable(name?: string): void
  closeTable(): void
  openRow(): void
  /** Ends the open cell. `column` (from 0) leaves those before it empty. */
  endCell(column?: number): void
  /** Of tables that are open. */
  depth(): number
}

export function createBlockWriter(): BlockWriter {
  const blocks: Block[] = []
  let rows: string[][] = []
  let name: string | undefined
  let depth = 0
  let open = ''
  let cells = 0

  const writer: BlockWriter = {
    blocks,
    depth: () => depth,
    text(text) {
      open += text
    },
    end(kind = 'paragraph') {
      if (depth > 0) {
        if (open !== '' && !open.endsWith('\n')) open += '\n'
        return
      }
      const text = kind === 'code' ? tidyCode(open) : tidy(open)
      open = ''
      if (text === '') return
      blocks.push(typeof kind === 'object' ? { kind: 'heading', level: kind.heading, text } : { kind, text })
    },
    openTable(tableName) {
      if (depth === 0) {
        writer.end()
        rows = []
        name = tableName
      }
      depth++
    },
    openRow() {
      if (depth === 1) rows.push([])
    },
    endCell(column) {
      if (depth !== 1) return writer.text('\t')
      const row = rows.at(-1)
      if (!row) return
      const padding = Math.max(0, (column ?? 0) - row.length)
      cells += 1 + padding
      if (cells > MAX_CELLS) {
        throw new AppError('TOO_LARGE', `The tables have more than ${MAX_CELLS} cells`, {
          details: { max_cells: MAX_CELLS }
        })
      }
      for (let left = padding; left > 0; left--) row.push('')
      row.push(tidy(open))
      open = ''
    },
    closeTable() {
      if (depth === 0) return
      depth--
      if (depth > 0) return
      open = ''
      const filled = rows.filter(row => row.some(cell => cell !== ''))
      if (filled.length > 0) blocks.push({ kind: 'table', ...(name !== undefined && { name }), rows: filled })
      rows = []
    }
  }
  return writer
}

/** Spaces as a page shows them; control characters, which no text means, are gone. */
function tidy(text: string): string {
  return clean(text)
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const tidyCode = (text: string) => clean(text).replace(/^\n+|\s+$/g, '')

const clean = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b\ufeff]/g, '')
