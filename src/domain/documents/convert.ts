/** From the bytes of a file to a document, by what the bytes are. */
import { AppError } from '../../core/errors.ts'
import { isArchive, walkArchive } from '../archives/walk.ts'
import { type ByteSource, bytesAsSource } from '../byte-source.ts'
import type { Block, Document } from './document.ts'
import type { FileKind } from './file-kind.ts'
import { identify } from './identify.ts'
import { paragraphs } from './paragraphs.ts'
import { decodeText } from './text-encoding.ts'

/** What is read whole: larger texts belong into a dataset. */
const MAX_TEXT_BYTES = 64 * 1024 ** 2
const READABLE = 'text, HTML, Markdown, CSV, JSON, XML, DOCX, XLSX, PPTX, EPUB, RTF, e-mail'

export interface ConvertOptions {
  /** Reads the documents in an archive instead of refusing it. */
  insideArchives?: boolean
}

export interface Converted extends Document {
  kind: FileKind
  /** Of an archive: files that could not be read, and why. */
  skipped: { path: string; error: string }[]
}

type Reader = (source: ByteSource) => Promise<Document>

// Each reader brings a library of its own, which is loaded when a file needs it.
const READERS: Record<string, Reader> = {
  docx: async source => (await import('./docx.ts')).readDocx(source),
  xlsx: async source => (await import('./xlsx.ts')).readXlsx(source),
  pptx: async source => (await import('./pptx.ts')).readPptx(source),
  epub: async source => (await import('./epub.ts')).readEpub(source),
  rtf: async source => (await import('./rtf.ts')).readRtf(wholeOf(source)),
  eml: async source => (await import('./email.ts')).readEmail(wholeOf(source)),
  html: readHtmlFile,
  xhtml: readHtmlFile,
  md: async source => (await import('./markdown.ts')).readMarkdown(decodeText(wholeOf(source))),
  csv: async source => readTable(source, ','),
  tsv: async source => readTable(source, '\t'),
  ...Object.fromEntries(
    ['txt', 'json', 'jsonl', 'xml', 'svg', 'ics', 'vcf', 'vtt', 'srt'].map(extension => [extension, readPlain])
  )
}

/** @throws UNSUPPORTED for what is no document; BAD_DATA if it is damaged; TOO_LARGE for bombs. */
export async function convert(source: ByteSource, { insideArchives = false }: ConvertOptions = {}): Promise<Converted> {
  const kind = await identify(source)
  if (kind.extension === '') return { kind, metadata: {}, blocks: [], skipped: [] }
  const reader = readerOf(kind)
  if (reader) return { kind, skipped: [], ...(await reader(source)) }
  if (!isArchive(kind.extension))
    throw new AppError('UNSUPPORTED', `This is ${kind.mimeType}; what is read is ${READABLE}`)
  if (insideArchives) return { kind, ...(await convertArchive(source)) }
  throw new AppError('UNSUPPORTED', 'This is an archive; set extract_archives to true for the documents in it')
}

async function convertArchive(source: ByteSource): Promise<Document & Pick<Converted, 'skipped'>> {
  const blocks: Block[] = []
  const skipped: Converted['skipped'] = []
  let files = 0
  for await (const { path, kind, content } of walkArchive(source, { depth: 3 })) {
    if (kind !== 'file') continue
    files++
    try {
      const { blocks: inner } = await convert(bytesAsSource(content))
      blocks.push({ kind: 'heading', level: 1, text: path })
      for (const block of inner) blocks.push(block)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      skipped.push({ path, error: error.message })
    }
  }
  return { metadata: { files: String(files) }, blocks, skipped }
}

const readerOf = ({ extension }: FileKind) => (Object.hasOwn(READERS, extension) ? READERS[extension] : undefined)

function wholeOf(source: ByteSource): Buffer {
  if (source.sizeBytes > MAX_TEXT_BYTES) {
    throw new AppError(
      'TOO_LARGE',
      `A text of ${source.sizeBytes} bytes is over the limit of ${MAX_TEXT_BYTES}; load it as a dataset`
    )
  }
  return source.read(0, source.sizeBytes)
}

async function readHtmlFile(source: ByteSource): Promise<Document> {
  const { links: _links, ...document } = (await import('./html.ts')).readHtml(wholeOf(source))
  return document
}

async function readTable(source: ByteSource, delimiter: string): Promise<Document> {
  const text = decodeText(wholeOf(source))
  const { readDelimited } = await import('./delimited.ts')
  const [first = ''] = text.split('\n', 1)
  const isSemicolon = delimiter === ',' && first.split(';').length > first.split(',').length
  return readDelimited(text, isSemicolon ? ';' : delimiter)
}

async function readPlain(source: ByteSource): Promise<Document> {
  return { metadata: {}, blocks: paragraphs(decodeText(wholeOf(source))) }
}
