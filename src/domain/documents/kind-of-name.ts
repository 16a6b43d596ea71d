import type { FileKind } from './file-kind.ts'

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const OPEN_DOCUMENT = 'application/vnd.oasis.opendocument'

/** Type by extension, of the kinds that the detection by content tells apart. */
const TYPES: Record<string, string> = {
  txt: 'text/plain', log: 'text/plain', md: 'text/markdown', html: 'text/html', xhtml: 'application/xhtml+xml', css: 'text/css', js: 'text/javascript',
  csv: 'text/csv', tsv: 'text/tab-separated-values', json: 'application/json', jsonl: 'application/x-ndjson', xml: 'application/xml', yaml: 'application/yaml',
  docx: `${OFFICE}.wordprocessingml.document`, xlsx: `${OFFICE}.spreadsheetml.sheet`, pptx: `${OFFICE}.presentationml.presentation`, odt: `${OPEN_DOCUMENT}.text`,
  ods: `${OPEN_DOCUMENT}.spreadsheet`, odp: `${OPEN_DOCUMENT}.presentation`, doc: 'application/x-cfb', xls: 'application/x-cfb', ppt: 'application/x-cfb',
  msg: 'application/x-cfb', rtf: 'application/rtf', epub: 'application/epub+zip', pdf: 'application/pdf', eml: 'message/rfc822', zip: 'application/zip',
  jar: 'application/java-archive', apk: 'application/vnd.android.package-archive', tar: 'application/x-tar', gz: 'application/gzip', zst: 'application/zstd',
  bz2: 'application/x-bzip2', xz: 'application/x-xz', '7z': 'application/x-7z-compressed', rar: 'application/x-rar-compressed', warc: 'application/warc',
  png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', svg: 'image/svg+xml', tif: 'image/tiff', bmp: 'image/bmp', ico: 'image/x-icon',
  mp3: 'audio/mpeg', wav: 'audio/wav', flac: 'audio/flac', ogg: 'audio/ogg', mp4: 'video/mp4', mkv: 'video/matroska', webm: 'video/webm',
  parquet: 'application/vnd.apache.parquet', arrow: 'application/vnd.apache.arrow.file', sqlite: 'application/x-sqlite3', wasm: 'application/wasm'
} // biome-ignore format: a table of words

const OTHER_WORDS: Record<string, string> = {
  htm: 'html', jpeg: 'jpg', tiff: 'tif', markdown: 'md', text: 'txt', yml: 'yaml', ndjson: 'jsonl', tgz: 'tar.gz', geojson: 'json', tab: 'tsv', db: 'sqlite',
  feather: 'arrow', pq: 'parquet', mjs: 'js'
} // biome-ignore format: a table of words

/** What a file's name says it is; `undefined` if it has no extension known here. */
export function kindOfName(name: string): FileKind | undefined {
  const lower = name.toLowerCase()
  const double = /\.(tar|warc)\.(gz|zst)$/.exec(lower)
  const last = /\.([a-z0-9]+)$/.exec(lower)?.[1] ?? ''
  const extension = double ? double[0].slice(1) : (own(OTHER_WORDS, last) ?? last)
  const mimeType = extension.startsWith('warc') ? TYPES.warc : own(TYPES, extension.replace(/^tar\./, ''))
  return mimeType === undefined ? undefined : { mimeType, extension }
}

const own = (table: Record<string, string>, key: string) => (Object.hasOwn(table, key) ? table[key] : undefined)

/** Texts that are told apart only by how they are meant: a source file is plain text as well. */
const PLAIN_TEXTS = new Set(['txt', 'log', 'md', 'css', 'js', 'yaml', 'csv', 'tsv', 'json', 'xml', 'html'])

/** Whether what a name says fits what the bytes are. */
export function fits(byName: FileKind, byContent: FileKind): boolean {
  if (byName.extension === byContent.extension || byName.mimeType === byContent.mimeType) return true
  if (byContent.extension === 'txt') return PLAIN_TEXTS.has(byName.extension)
  // Markdown and notes may look like anything that is text.
  return (byName.extension === 'txt' || byName.extension === 'md') && byContent.mimeType.startsWith('text/')
}
