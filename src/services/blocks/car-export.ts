/** CARv1 out: a header with the root, then every reachable block once, depth first. */
import { type CID, CODEC } from '../../core/cid.ts'
import { carHeader, sectionHead } from '../../domain/car/frame.ts'
import type { BlocksOptions } from './api.ts'
import { isKnownCodec, linksOf } from './codecs.ts'
import type { Operation, Store } from './store.ts'
import { unfollowable, walk } from './walk.ts'

export function exportCar(store: Store, root: CID, options: BlocksOptions = {}): AsyncIterable<Uint8Array> {
  return store.iterate([root], options.signal, operation => sections(operation, root))
}

async function* sections(operation: Operation, root: CID): AsyncGenerator<Uint8Array> {
  yield carHeader(root)
  let bytes: Uint8Array = new Uint8Array()
  const blocks = walk([root], async cid => {
    if (!isKnownCodec(cid)) throw unfollowable(cid)
    bytes = await operation.read(cid)
    return cid.code === CODEC.raw ? [] : linksOf(cid, bytes)
  })
  // A walk yields a CID right after its block was read.
  for await (const cid of blocks) {
    yield sectionHead(cid, bytes.byteLength)
    yield bytes
  }
}
