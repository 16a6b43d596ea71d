/** Cuts a stream where its content says so, so that an insertion changes only the chunks around it. */

/**
 * Length of the first chunk of a window. The window begins where the chunk does and is as long as the longest chunk, or shorter
 * where the content ends.
 */
export type FindCut = (window: Uint8Array) => number

/** Holds one window at a time; each chunk is a copy. */
export async function* cutChunks(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  windowBytes: number,
  findCut: FindCut
): AsyncGenerator<Uint8Array> {
  const window = Buffer.allocUnsafeSlow(windowBytes)
  let held = 0
  const takeChunk = () => {
    const chunk = Uint8Array.from(window.subarray(0, findCut(window.subarray(0, held))))
    window.copyWithin(0, chunk.byteLength, held)
    held -= chunk.byteLength
    return chunk
  }
  for await (const part of content) {
    for (let start = 0; start < part.byteLength; ) {
      const piece = part.subarray(start, start + windowBytes - held)
      window.set(piece, held)
      start += piece.byteLength
      held += piece.byteLength
      if (held === windowBytes) yield takeChunk()
    }
  }
  while (held > 0) yield takeChunk()
}
