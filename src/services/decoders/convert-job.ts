import type { ByteSource } from '../../domain/byte-source.ts'
import { type Converted, convert } from '../../domain/documents/convert.ts'
import { type OutputFormat, render } from '../../domain/documents/document.ts'
import type { FileKind } from '../../domain/documents/file-kind.ts'

const PART_LENGTH = 256 * 1024

export interface ConvertJob {
  options: {
    outputFormat: OutputFormat
    insideArchives: boolean
    /** UTF-16 units of the text to leave out, and how many to give at most; all of them by default. */
    offset?: number
    length?: number
  }
  /** First what the document is, then its text in parts. */
  item: { head: DocumentHead } | { text: string }
}

export interface DocumentHead {
  kind: FileKind
  title?: string
  metadata: Record<string, string>
  tables: { name: string; rows: number; columns: number }[]
  skipped: Converted['skipped']
  /** UTF-16 units of the whole text. */
  length: number
}

export async function* convertJob(
  source: ByteSource,
  options: ConvertJob['options']
): AsyncGenerator<ConvertJob['item']> {
  const { kind, title, metadata, blocks, skipped } = await convert(source, { insideArchives: options.insideArchives })
  const text = render(blocks, options.outputFormat)
  const tables = blocks.flatMap((block, index) => {
    if (block.kind !== 'table') return []
    const columns = block.rows.reduce((most, row) => Math.max(most, row.length), 0)
    return [{ name: block.name ?? `table ${index + 1}`, rows: block.rows.length, columns }]
  })
  yield { head: { kind, ...(title !== undefined && { title }), metadata, tables, skipped, length: text.length } }
  const { offset = 0, length = text.length } = options
  const end = boundary(text, Math.min(text.length, offset + length))
  for (let at = boundary(text, offset); at < end; ) {
    const next = boundary(text, Math.min(end, at + PART_LENGTH))
    yield { text: text.slice(at, next) }
    at = next
  }
}

/** Never between the two units of one character. */
function boundary(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  return unit >= 0xdc00 && unit <= 0xdfff && at > 0 ? at - 1 : at
}
