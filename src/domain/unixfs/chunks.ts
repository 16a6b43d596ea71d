/** Cuts a stream into chunks of one size, the last one shorter. What comes in one piece goes out without a copy. */
export async function* fixedChunks(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  chunkBytes: number
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = []
  let held = 0
  for await (const part of content) {
    for (let start = 0; start < part.byteLength; ) {
      const piece = part.subarray(start, start + chunkBytes - held)
      start += piece.byteLength
      held += piece.byteLength
      pieces.push(piece)
      if (held < chunkBytes) continue
      yield whole(pieces)
      pieces = []
      held = 0
    }
  }
  if (held > 0) yield whole(pieces)
}

function whole(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  return first && pieces.length === 1 ? first : Buffer.concat(pieces)
}
