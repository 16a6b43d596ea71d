/** What a file is, by its bytes alone: signatures first, then what texts are known by. Names have no say here. */
import { gunzipSync, constants as zlib, zstdDecompressSync } from 'node:zlib'
import { AppError } from '../../core/errors.ts'
import { createBudget } from '../archives/budget.ts'
import { isTarHeader } from '../archives/tar.ts'
import { readZip, readZipEntry } from '../archives/zip.ts'
import type { ByteSource } from '../byte-source.ts'
import type { FileKind } from './file-kind.ts'
import { identifyText } from './identify-text.ts'
import { isWideText } from './text-encoding.ts'

const HEAD_BYTES = 64 * 1024
const OFFICE = 'application/vnd.openxmlformats-officedocument'
const ZIP: FileKind = { mimeType: 'application/zip', extension: 'zip' }
export const UNKNOWN: FileKind = { mimeType: 'application/octet-stream', extension: 'bin' }
const EMPTY: FileKind = { mimeType: 'application/x-empty', extension: '' }
export const WARC: FileKind = { mimeType: 'application/warc', extension: 'warc' }

const BY_MEMBER: readonly [start: string, kind: FileKind][] = [
  ['word/', { mimeType: `${OFFICE}.wordprocessingml.document`, extension: 'docx' }],
  ['xl/', { mimeType: `${OFFICE}.spreadsheetml.sheet`, extension: 'xlsx' }],
  ['ppt/', { mimeType: `${OFFICE}.presentationml.presentation`, extension: 'pptx' }],
  ['AndroidManifest.xml', { mimeType: 'application/vnd.android.package-archive', extension: 'apk' }],
  ['META-INF/MANIFEST.MF', { mimeType: 'application/java-archive', extension: 'jar' }]
]
const BY_DECLARATION: Record<string, string> = {
  'application/epub+zip': 'epub',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp'
}

export async function identify(source: ByteSource): Promise<FileKind> {
  const head = source.read(0, HEAD_BYTES)
  if (head.length === 0) return EMPTY
  if (head.length >= 4 && [0x04034b50, 0x06054b50].includes(head.readUInt32LE(0))) return identifyZip(source)
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return identifyCompressed(head, 'gz', 'application/gzip')
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528)
    return identifyCompressed(head, 'zst', 'application/zstd')
  if (isTarHeader(head)) return { mimeType: 'application/x-tar', extension: 'tar' }
  // Its mark is taken for the start of a sound by those that look at two bytes.
  if (isWideText(head)) return identifyText(head, head.length === source.sizeBytes) ?? UNKNOWN
  return (await bySignature(head)) ?? identifyText(head, head.length === source.sizeBytes) ?? UNKNOWN
}

async function bySignature(head: Buffer): Promise<FileKind | undefined> {
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(head)
  // XML is a text like others, which are told apart further.
  return found && found.ext !== 'xml' ? { mimeType: found.mime, extension: found.ext } : undefined
}

/** By what lies in it. One that is damaged is still a ZIP: whoever opens it is told what is wrong. */
function identifyZip(source: ByteSource): FileKind {
  try {
    const budget = createBudget(source.sizeBytes)
    const entries = readZip(source, budget)
    const declaration = entries.find(({ name, sizeBytes }) => name === 'mimetype' && sizeBytes < 256)
    if (declaration) {
      const mimeType = readZipEntry(source, declaration, budget).toString('latin1').trim()
      if (Object.hasOwn(BY_DECLARATION, mimeType)) return { mimeType, extension: BY_DECLARATION[mimeType] ?? 'zip' }
    }
    const isOffice = entries.some(({ name }) => name === '[Content_Types].xml')
    const found = BY_MEMBER.find(
      ([start, { mimeType }]) =>
        (isOffice || !mimeType.startsWith(OFFICE)) && entries.some(({ name }) => name.startsWith(start))
    )
    return found?.[1] ?? ZIP
  } catch (error) {
    if (error instanceof AppError) return ZIP
    throw error
  }
}

function identifyCompressed(head: Buffer, extension: 'gz' | 'zst', mimeType: string): FileKind {
  const start = beginning(head, extension)
  if (start.toString('latin1', 0, 5) === 'WARC/') return { ...WARC, extension: `warc.${extension}` }
  return { mimeType, extension: isTarHeader(start) ? `tar.${extension}` : extension }
}

/** As much as the head of a compressed file gives; nothing if that is not what it is. */
function beginning(head: Buffer, compression: 'gz' | 'zst'): Buffer {
  const maxOutputLength = 64 * 1024 ** 2
  try {
    if (compression === 'gz') return gunzipSync(head, { finishFlush: zlib.Z_SYNC_FLUSH, maxOutputLength })
    return zstdDecompressSync(head, { finishFlush: zlib.ZSTD_e_flush, maxOutputLength })
  } catch {
    return Buffer.alloc(0)
  }
}
