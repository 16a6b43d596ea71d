/**
 * A file straight into a CARv1, without a block store between: one reading, one hashing and one writing of each byte, all
 * three at a time. Each block stands there once, leaves before the nodes above them; the header names the root, which is
 * known last and so written last.
 */
import { type CID, CODEC, cidOf } from '../../core/cid.ts'
import { createFileTree, DEFAULT_CHUNK_BYTES, DEFAULT_MAX_LINKS } from '../unixfs/file-tree.ts'
import type { Block } from '../unixfs/naming.ts'
import { carHeader, sectionHead } from './frame.ts'

/** The event loop stands still while one batch is hashed, about a millisecond; larger batches are no faster. */
const BATCH_BYTES = 1024 * 1024
/** One is read into, one hashed, one written. */
const BUFFERS = 3

export interface PackSource {
  sizeBytes: number
  /** Fills the buffer from `position` on, as far as the file reaches; answers the number of bytes. */
  readInto(buffer: Uint8Array, position: number): Promise<number>
}

export interface PackSink {
  /** Appends the parts, one after the other. They may change once this has resolved. */
  write(parts: readonly Uint8Array[]): Promise<void>
  /** Replaces bytes that were written before. */
  rewrite(position: number, bytes: Uint8Array): Promise<void>
}

export interface PackOptions {
  /** At most 1 MiB. Default 256 KiB. */
  chunkBytes?: number | undefined
  /** Links of a node. Default 174. */
  maxLinks?: number | undefined
  signal?: AbortSignal
  /** Bytes of the file that are hashed. */
  onProgress?: (bytesDone: number) => void
}

/** Whatever `source` and `sink` throw ends it, as does the signal with its reason; what the sink has got then is no CAR. */
export async function packFile(source: PackSource, sink: PackSink, options: PackOptions = {}): Promise<CID> {
  const { chunkBytes = DEFAULT_CHUNK_BYTES, maxLinks = DEFAULT_MAX_LINKS, signal, onProgress } = options
  const tree = createFileTree({ maxLinks })
  const sections = createSections()
  const batches = createBatches(source, Math.max(1, Math.floor(BATCH_BYTES / chunkBytes)) * chunkBytes)
  let writing = ahead(sink.write([placeholder]))
  try {
    for (let batch = await batches.next(); batch.byteLength > 0; batch = await batches.next()) {
      signal?.throwIfAborted()
      const parts: Uint8Array[] = []
      for (let start = 0; start < batch.byteLength; start += chunkBytes) {
        parts.push(...sections(tree.add(batch.subarray(start, start + chunkBytes))))
      }
      await writing
      writing = ahead(sink.write(parts))
      onProgress?.(batches.position())
    }
    const { root, blocks } = tree.finish()
    await writing
    signal?.throwIfAborted()
    await sink.write(sections(blocks))
    await sink.rewrite(0, carHeader(root.cid))
    return root.cid
  } finally {
    // Neither may still use a buffer or a handle that the caller is about to take back.
    await Promise.allSettled([writing, batches.end()])
  }
}

/** Any CIDv1 of sha2-256 makes a header as long as that of the root. */
const placeholder = carHeader(cidOf(new Uint8Array(), CODEC.raw))

/** Reads one batch ahead. A batch stays as it is until the next but one is asked for. */
function createBatches(source: PackSource, batchBytes: number) {
  const length = Math.min(batchBytes, Math.max(1, source.sizeBytes))
  const buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafeSlow(length))
  let count = 0
  let position = 0
  const read = async () => {
    const buffer = buffers[count++ % BUFFERS] ?? Buffer.alloc(0)
    const bytesRead = await source.readInto(buffer, position)
    position += bytesRead
    return buffer.subarray(0, bytesRead)
  }
  let reading = ahead(read())
  let done = 0
  return {
    position: () => done,
    end: () => reading,
    async next() {
      const batch = await reading
      done += batch.byteLength
      if (batch.byteLength > 0) reading = ahead(read())
      return batch
    }
  }
}

/** Frames blocks, leaving out those that came before. */
function createSections() {
  const seen = new Set<string>()
  return (blocks: readonly Block[]): Uint8Array[] =>
    blocks.flatMap(({ cid, bytes }) => {
      // With the codec, since a chunk may have the bytes of a node. One byte a character: a terabyte has four million chunks.
      const key = Buffer.from(cid.bytes).toString('latin1')
      if (seen.has(key)) return []
      seen.add(key)
      return [sectionHead(cid, bytes.byteLength), bytes]
    })
}

/** A promise that may fail before anybody waits for it. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}
