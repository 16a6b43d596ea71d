/** Ways to cut content into chunks, by the names that Kubo gives them. */
import { AppError } from '../../core/errors.ts'
import { BUZHASH_MAX_BYTES, buzhashCut } from './buzhash.ts'
import { fixedChunks } from './chunks.ts'
import { cutChunks } from './cut-chunks.ts'
import { DEFAULT_CHUNK_BYTES } from './file-tree.ts'
import { RABIN_WINDOW_BYTES, type RabinSizes, rabinCuts } from './rabin.ts'

export type Chunker = (content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => AsyncIterable<Uint8Array>

/** Every import has it unless another is named. */
export const DEFAULT_CHUNKER = `size-${DEFAULT_CHUNK_BYTES}`

/** The largest block that is exchanged has 2 MiB; the rest is room for the node around a chunk. */
const MAX_CHUNK_BYTES = 2 * 1024 * 1024 - 256

/** `size-<bytes>`, `rabin`, `rabin-<average>`, `rabin-<min>-<average>-<max>` or `buzhash`; others are INVALID_INPUT. */
export function parseChunker(name: string): Chunker {
  if (name === 'buzhash') return content => cutChunks(content, BUZHASH_MAX_BYTES, buzhashCut)
  const [kind = '', ...rest] = name.split('-')
  const sizes = rest.map(text => (/^[1-9]\d{0,6}$/.test(text) ? Number(text) : Number.NaN))
  const [size = DEFAULT_CHUNK_BYTES] = sizes
  if (kind === 'size' && sizes.length === 1 && size <= MAX_CHUNK_BYTES) return content => fixedChunks(content, size)
  const rabin = kind === 'rabin' ? rabinSizes(sizes) : undefined
  if (!rabin) throw unknown(name)
  const findCut = rabinCuts(rabin)
  return content => cutChunks(content, rabin.maxBytes, findCut)
}

function rabinSizes(sizes: readonly number[]): RabinSizes | undefined {
  const [first = DEFAULT_CHUNK_BYTES, second = first, third = 0] = sizes
  const chosen =
    sizes.length === 3
      ? { minBytes: first, averageBytes: second, maxBytes: third }
      : { minBytes: Math.floor(first / 3), averageBytes: first, maxBytes: first + Math.floor(first / 2) }
  const { minBytes, averageBytes, maxBytes } = chosen
  const isInOrder = RABIN_WINDOW_BYTES <= minBytes && minBytes < averageBytes && averageBytes < maxBytes
  return sizes.length !== 2 && isInOrder && maxBytes <= MAX_CHUNK_BYTES ? chosen : undefined
}

const unknown = (name: string) =>
  new AppError(
    'INVALID_INPUT',
    `"${name.slice(0, 80)}" is not a chunker; there are size-<bytes>, rabin, rabin-<average>, rabin-<min>-<average>-<max> and buzhash, with chunks of at most ${MAX_CHUNK_BYTES} bytes, and of at least ${RABIN_WINDOW_BYTES} with rabin`
  )
