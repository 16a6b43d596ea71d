/** What the text of Office documents has in common, whichever markup names it: runs, breaks, paragraphs, tables. */
import type { BlockWriter, TextKind } from './writer.ts'

export interface Flow {
  open(name: string): void
  text(text: string): void
  /** `kind` is what a paragraph that ends here is. */
  close(name: string, kind: TextKind): void
}

export function createFlow(writer: BlockWriter): Flow {
  let isText = false
  return {
    open(name) {
      if (name === 't') isText = true
      else if (name === 'br') writer.text('\n')
      else if (name === 'tbl') writer.openTable()
      else if (name === 'tr') writer.openRow()
    },
    text(text) {
      if (isText) writer.text(text)
    },
    close(name, kind) {
      if (name === 't') isText = false
      else if (name === 'p') writer.end(kind)
      else if (name === 'tc') writer.endCell()
      else if (name === 'tbl') writer.closeTable()
    }
  }
}
