/** Delimited text as one table, quotes and all (RFC 4180). For showing: datasets are read by their own, stricter reader. */
import type { Document } from './document.ts'
import { createBlockWriter } from './writer.ts'

const QUOTED = /"((?:[^"]|"")*)"?/y

export function readDelimited(text: string, delimiter: string): Document {
  const writer = createBlockWriter()
  const plain = new RegExp(`[^${delimiter === '\t' ? '\\t' : delimiter}\\r\\n]*`, 'y')
  writer.openTable()
  writer.openRow()
  for (let at = 0; at < text.length; ) {
    const quoted = text[at] === '"' ? matchAt(QUOTED, text, at) : null
    at += quoted?.[0].length ?? 0
    // What stands behind a closing quote belongs to the field.
    const rest = matchAt(plain, text, at)?.[0] ?? ''
    at += rest.length
    writer.text((quoted?.[1] ?? '').replaceAll('""', '"') + rest)
    writer.endCell()
    if (text[at] !== delimiter && at < text.length) writer.openRow()
    at += text.startsWith('\r\n', at) ? 2 : 1
  }
  writer.closeTable()
  return { metadata: {}, blocks: writer.blocks }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
