/** Writing many parts as one: a system call each would cost more than small parts are worth. */
import type { FileHandle } from 'node:fs/promises'

/** Parts of a stream are gathered up to this. */
const GATHER_BYTES = 1024 * 1024

export const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.byteLength, 0)

/** Writes all of the parts, one after the other, from `position` on. */
export async function writeParts(handle: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  let at = position
  for (let rest = from(parts, 0); rest.length > 0; ) {
    const { bytesWritten } = await handle.writev(rest, at)
    at += bytesWritten
    rest = from(rest, bytesWritten)
  }
}

/** Writes a stream in its order, fetching what comes next while one gathering is being written. */
export async function writeAhead(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  write: (parts: readonly Uint8Array[]) => Promise<void>
): Promise<void> {
  let writing: Promise<void> = Promise.resolve()
  let gathered: Uint8Array[] = []
  let gatheredBytes = 0
  const flush = async () => {
    await writing
    writing = write(gathered)
    // It may fail before anybody waits for it.
    writing.catch(() => {})
    gathered = []
    gatheredBytes = 0
  }
  try {
    for await (const chunk of chunks) {
      gathered.push(chunk)
      gatheredBytes += chunk.byteLength
      if (gatheredBytes >= GATHER_BYTES) await flush()
    }
    await flush()
    await writing
  } finally {
    await Promise.allSettled([writing])
  }
}

/** The parts without their first `skip` bytes, and without empty ones. */
function from(parts: readonly Uint8Array[], skip: number): Uint8Array[] {
  let left = skip
  return parts.flatMap(part => {
    const skipped = Math.min(left, part.byteLength)
    left -= skipped
    return skipped < part.byteLength ? [part.subarray(skipped)] : []
  })
}
