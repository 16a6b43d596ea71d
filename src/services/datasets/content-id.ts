/** The UnixFS CID that a file would have under the fixed import defaults of the blocks service, without storing a block. */
import { open } from 'node:fs/promises'
import type { CID } from '../../core/cid.ts'
import { createFileTree, DEFAULT_CHUNK_BYTES } from '../../domain/unixfs/file-tree.ts'

export async function fileCid(path: string, signal?: AbortSignal): Promise<CID> {
  await using file = await open(path)
  const tree = createFileTree()
  // One buffer for all chunks: the tree is done with a chunk when `add` returns.
  const buffer = Buffer.allocUnsafeSlow(DEFAULT_CHUNK_BYTES)
  for (let held = 0; ; ) {
    signal?.throwIfAborted()
    const { bytesRead } = await file.read(buffer, held)
    held += bytesRead
    if (held > 0 && (bytesRead === 0 || held === buffer.length)) {
      tree.add(buffer.subarray(0, held))
      held = 0
    }
    if (bytesRead === 0) return tree.finish().root.cid
  }
}
