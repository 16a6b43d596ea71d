/** Reads a CARv1 from a stream of a stranger's bytes: no length in it makes us hold more than one block. */
import type { asyncIterableReader } from '@ipld/car/decoder'
import { varint } from 'multiformats'
import { type CID, decodeCid } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { decodeDagCbor } from './codecs.ts'
import { MAX_BLOCK_BYTES } from './store.ts'

/** A header of this size has room for a thousand roots. */
const MAX_HEADER_BYTES = 64 * 1024
/** Of a varint, and so the only distance that reading a CARv1 ever skips. */
const MAX_VARINT_BYTES = 10

type BytesReader = ReturnType<typeof asyncIterableReader>

export interface CarContent {
  roots: CID[]
  blocks: AsyncIterable<{ cid: CID; bytes: Uint8Array }>
}

export async function readCar(bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<CarContent> {
  const { createDecoder, asyncIterableReader } = await import('@ipld/car/decoder')
  const bounded = boundReader(asyncIterableReader(bytes))
  const decoder = createDecoder(bounded.reader)
  const header = await translated(signal, async () => {
    const header = await decoder.header()
    // The decoder reads roots more laxly than links are read here.
    if (header.version === 1) decodeDagCbor(bounded.first())
    return header
  })
  if (header.version !== 1) throw refuseVersion()
  bounded.allow(MAX_BLOCK_BYTES)
  return { roots: header.roots, blocks: blocksOf(decoder.blocks()[Symbol.asyncIterator](), bounded.reader, signal) }
}

interface Section {
  cid: CID
  bytes: Uint8Array
}

async function* blocksOf(sections: AsyncIterator<Section>, reader: BytesReader, signal?: AbortSignal) {
  for (;;) {
    const start = reader.pos
    const next = await translated(signal, () => sections.next())
    if (next.done) return
    if (reader.pos - start !== lengthOf(next.value)) {
      throw new AppError('BAD_DATA', `The CAR is malformed: numbers before ${next.value.cid} have needless bytes`)
    }
    yield next.value
  }
}

/** Of a section whose numbers are as short as they must be. */
function lengthOf({ cid, bytes }: Section): number {
  const length = decodeCid(cid.bytes).bytes.length + bytes.length
  return varint.encodingLength(length) + length
}

function boundReader(reader: BytesReader) {
  let limit = MAX_HEADER_BYTES
  let first: Uint8Array | undefined
  const bounded: BytesReader = {
    upTo: length => reader.upTo(length),
    async exactly(length, seek) {
      if (!(length >= 0))
        throw new AppError('BAD_DATA', 'The CAR is malformed: a section is shorter than the CID in it')
      if (length > limit) {
        throw new AppError('TOO_LARGE', `The CAR has a section of ${length} bytes; at most ${limit} are allowed here`)
      }
      const bytes = await reader.exactly(length, seek)
      first ??= bytes
      return bytes
    },
    seek(length) {
      if (length > MAX_VARINT_BYTES) throw refuseVersion()
      reader.seek(length)
    },
    get pos() {
      return reader.pos
    }
  }
  return {
    reader: bounded,
    /** What was read first: the header. */
    first: () => first ?? new Uint8Array(),
    allow(bytes: number) {
      limit = bytes
    }
  }
}

const refuseVersion = () => new AppError('UNSUPPORTED', 'Only CAR version 1 can be imported; export it again as CARv1')

/** Whatever the decoder finds wrong is bad data; what the source or the caller threw stays what it was. */
async function translated<T>(signal: AbortSignal | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof AppError) throw cause
    throw new AppError('BAD_DATA', 'The CAR is cut or malformed; nothing was imported', { cause })
  }
}
