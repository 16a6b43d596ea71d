/** The UnixFS CID that a file would have under the fixed import defaults of the blocks service, without storing a block. */
import { createReadStream } from 'node:fs'
import type { CID } from '../../core/cid.ts'
import { fixedChunks } from '../../domain/unixfs/chunks.ts'
import { createFileTree, DEFAULT_CHUNK_BYTES } from '../../domain/unixfs/file-tree.ts'

export async function fileCid(path: string, signal?: AbortSignal): Promise<CID> {
  const tree = createFileTree()
  const bytes = createReadStream(path, { highWaterMark: DEFAULT_CHUNK_BYTES, signal })
  for await (const chunk of fixedChunks(bytes, DEFAULT_CHUNK_BYTES)) tree.add(chunk)
  return tree.finish().root
}
