/** Bytes that can be read at any place, whatever holds them. */
export interface ByteSource {
  readonly sizeBytes: number
  /** From `start` (inclusive) to `end` (exclusive), as far as there are bytes. */
  read(start: number, end: number): Buffer
}

export function bytesAsSource(bytes: Buffer): ByteSource {
  return { sizeBytes: bytes.length, read: (start, end) => bytes.subarray(start, end) }
}

const PART_BYTES = 256 * 1024

/** Everything in order, in parts. */
export function* partsOf(source: ByteSource, start = 0): Generator<Buffer> {
  for (let at = start; at < source.sizeBytes; at += PART_BYTES) yield source.read(at, at + PART_BYTES)
}
