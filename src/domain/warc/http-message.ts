/** HTTP messages as web archives hold them. */
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { type HeaderList, headerOf, parseHeaderLines } from './headers.ts'

const MAX_BODY_BYTES = 256 * 1024 ** 2

export interface HttpMessage {
  /** Of a response. */
  status: number | undefined
  headers: HeaderList
  body: Buffer
}

/** `undefined` if the block is no HTTP message. */
export function splitHttp(block: Buffer): HttpMessage | undefined {
  const end = block.indexOf('\r\n\r\n')
  const head = block.toString('latin1', 0, end === -1 ? Math.min(block.length, 64 * 1024) : end)
  const [first = '', ...lines] = head.split('\r\n')
  if (!/^HTTP\/\d|\sHTTP\/\d/.test(first)) return undefined
  const status = /^HTTP\/[\d.]+ (\d{3})/.exec(first)?.[1]
  const body = end === -1 ? Buffer.alloc(0) : block.subarray(end + 4)
  return { status: status === undefined ? undefined : Number(status), headers: parseHeaderLines(lines), body }
}

const DECODERS: Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Buffer> = {
  gzip: gunzipSync,
  'x-gzip': gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync
}

/** The body without its transfer encoding and, unless told otherwise, its content encoding; as it stands where they do not fit. */
export function bodyOf({ headers, body }: HttpMessage, { decodes = true } = {}): Buffer {
  const isChunked = /\bchunked\b/i.test(headerOf(headers, 'transfer-encoding') ?? '')
  const plain = isChunked ? (joinChunks(body) ?? body) : body
  const encoding = (headerOf(headers, 'content-encoding') ?? '').toLowerCase()
  const decode = decodes && Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
  try {
    return decode ? decode(plain, { maxOutputLength: MAX_BODY_BYTES }) : plain
  } catch {
    // Many crawlers decode the body and leave the header.
    return plain
  }
}

function joinChunks(body: Buffer): Buffer | undefined {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const lineEnd = body.indexOf('\r\n', at)
    const size =
      lineEnd === -1 || lineEnd - at > 200 ? Number.NaN : Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    if (!(size >= 0)) return undefined
    if (size === 0) break
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 4 + size
  }
  return Buffer.concat(parts)
}
