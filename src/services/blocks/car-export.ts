/** CARv1 out: a header with the root, then every reachable block once, depth first. */
import * as dagCbor from '@ipld/dag-cbor'
import { varint } from 'multiformats'
import { type CID, CODEC } from '../../core/cid.ts'
import type { BlocksOptions } from './api.ts'
import { isKnownCodec, linksOf } from './codecs.ts'
import type { Operation, Store } from './store.ts'
import { unfollowable, walk } from './walk.ts'

export function exportCar(store: Store, root: CID, options: BlocksOptions = {}): AsyncIterable<Uint8Array> {
  return store.iterate([root], options.signal, operation => sections(operation, root))
}

async function* sections(operation: Operation, root: CID): AsyncGenerator<Uint8Array> {
  yield frame(dagCbor.encode({ version: 1, roots: [root] }))
  let bytes: Uint8Array = new Uint8Array()
  const blocks = walk([root], async cid => {
    if (!isKnownCodec(cid)) throw unfollowable(cid)
    bytes = await operation.read(cid)
    return cid.code === CODEC.raw ? [] : linksOf(cid, bytes)
  })
  // A walk yields a CID right after its block was read.
  for await (const cid of blocks) yield frame(cid.bytes, bytes)
}

function frame(...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.byteLength, 0)
  const prefix = varint.encodeTo(length, new Uint8Array(varint.encodingLength(length)))
  return Buffer.concat([prefix, ...parts])
}
