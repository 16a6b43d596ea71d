/** CARv1 out: a header with the root, then every reachable block once, depth first. */
import { type CID, CODEC } from '../../core/cid.ts'
import { carHeader, sectionHead } from '../../domain/car/frame.ts'
import type { BlocksOptions } from './api.ts'
import { isKnownCodec, linksOf } from './codecs.ts'
import { keyOf } from './storage.ts'
import type { Operation, Store } from './store.ts'
import { unfollowable, walk } from './walk.ts'

export function exportCar(store: Store, root: CID, options: BlocksOptions = {}): AsyncIterable<Uint8Array> {
  return store.iterate([root], options.signal, operation => sections(operation, root))
}

async function* sections(operation: Operation, root: CID): AsyncGenerator<Uint8Array> {
  yield carHeader(root)
  let bytes: Uint8Array = new Uint8Array()
  const leaves = createReadAhead(operation)
  const linksFrom = async (cid: CID) => {
    if (!isKnownCodec(cid)) throw unfollowable(cid)
    bytes = await leaves.take(cid)
    return cid.code === CODEC.raw ? [] : linksOf(cid, bytes)
  }
  const blocks = walk([root], linksFrom, leaves.begin)
  // A walk yields a CID right after its block was read.
  for await (const cid of blocks) {
    yield sectionHead(cid, bytes.byteLength)
    yield bytes
  }
}

/** Leaves are read and verified while those before them are on their way out. */
function createReadAhead(operation: Operation) {
  const reading = new Map<string, Promise<Uint8Array>>()
  return {
    begin(cid: CID): void {
      if (reading.has(keyOf(cid))) return
      const bytes = operation.read(cid)
      // It may fail before its turn comes.
      bytes.catch(() => {})
      reading.set(keyOf(cid), bytes)
    },
    take(cid: CID): Promise<Uint8Array> {
      const bytes = reading.get(keyOf(cid)) ?? operation.read(cid)
      reading.delete(keyOf(cid))
      return bytes
    }
  }
}
