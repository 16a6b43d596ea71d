/** The UnixFS CID that a file would have under the fixed import defaults of the blocks service, without storing a block. */
import { createReadStream } from 'node:fs'
import type { CID } from '../../core/cid.ts'

const CHUNK_BYTES = 256 * 1024
const LINKS_PER_NODE = 174

export async function fileCid(path: string, signal?: AbortSignal): Promise<CID> {
  const { importByteStream } = await import('ipfs-unixfs-importer')
  const { fixedSize } = await import('ipfs-unixfs-importer/chunker')
  const { balanced } = await import('ipfs-unixfs-importer/layout')
  const discard = { put: async (cid: CID) => cid }
  const { cid } = await importByteStream(createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }), discard, {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: LINKS_PER_NODE })
  })
  return cid
}
