/** Content encodings, and the limit on what comes out of them: a small body may decode to an endless one. */
import { type Duplex, pipeline, type Readable } from 'node:stream'
import zlib from 'node:zlib'
import { AppError } from '../../core/errors.ts'

export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd'

const DECODERS: Record<string, () => Duplex> = {
  gzip: () => zlib.createGunzip(),
  'x-gzip': () => zlib.createGunzip(),
  deflate: () => zlib.createInflate(),
  br: () => zlib.createBrotliDecompress(),
  zstd: () => zlib.createZstdDecompress()
}

/** The body without its content encoding. UNSUPPORTED if it has one that we do not know, or several. */
export function decode(body: Readable, contentEncoding: string): Readable {
  const encodings = contentEncoding
    .toLowerCase()
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '' && name !== 'identity')
  const [encoding] = encodings
  if (encoding === undefined) return body
  const createDecoder = encodings.length === 1 && Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined
  if (!createDecoder) {
    throw new AppError(
      'UNSUPPORTED',
      `The host sent content encoding "${contentEncoding}"; one of ${ACCEPT_ENCODING} is read`
    )
  }
  // A failure of either ends both, and whoever reads the result sees it there.
  return pipeline(body, createDecoder(), () => {})
}

/** Passes chunks on until there are more bytes than allowed: TOO_LARGE. */
export async function* limitBytes(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let total = 0
  for await (const chunk of chunks) {
    total += chunk.length
    if (total > maxBytes) throw tooLarge(maxBytes)
    yield chunk
  }
}

export function tooLarge(maxBytes: number): AppError {
  return new AppError('TOO_LARGE', `The body is larger than the limit of ${maxBytes} bytes`, {
    details: { max_bytes: maxBytes }
  })
}
