/**
 * The importer hashes with sha2-256 only. This stands between it and the store and writes every node anew under
 * sha2-512: children come before their parents, so each link can be replaced as it passes, and nothing is stored twice.
 */
import * as dagPb from '@ipld/dag-pb'
import { type CID, CODEC, cidOf, HASH } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { keyOf } from './storage.ts'
import type { Operation } from './store.ts'

interface Rehashed {
  cid: CID
  /** Of the node and everything below it, as links state it. */
  totalBytes: number
}

export function createRehashing(operation: Operation) {
  const done = new Map<string, Rehashed>()

  const find = (cid: CID): Rehashed => {
    const rehashed = done.get(keyOf(cid))
    if (!rehashed) throw new AppError('INTERNAL', `The importer linked ${cid} before it wrote it`)
    return rehashed
  }

  const renew = (cid: CID, bytes: Uint8Array): { bytes: Uint8Array; below: number } => {
    if (cid.code !== CODEC.dagPb) return { bytes, below: 0 }
    const node = dagPb.decode(bytes)
    const Links = node.Links.map(link => {
      const { cid: Hash, totalBytes: Tsize } = find(link.Hash)
      return { ...link, Hash, Tsize }
    })
    const below = Links.reduce((sum, { Tsize }) => sum + Tsize, 0)
    return { bytes: dagPb.encode(dagPb.prepare({ ...node, Links })), below }
  }

  return {
    cidFor: (cid: CID): CID => find(cid).cid,
    async write(cid: CID, original: Uint8Array): Promise<void> {
      const { bytes, below } = renew(cid, original)
      const rehashed = cidOf(bytes, cid.code, HASH.sha512)
      done.set(keyOf(cid), { cid: rehashed, totalBytes: bytes.byteLength + below })
      await operation.write(rehashed, bytes)
    }
  }
}
