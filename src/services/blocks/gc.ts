/** Garbage collection: marks what pins, operations and holds reach, removes the rest. */
import { type CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { GcResult } from './api.ts'
import { isKnownCodec, linksOf } from './codecs.ts'
import type { PinTable } from './pins.ts'
import { keyOf } from './storage.ts'
import type { Collection, Store } from './store.ts'
import { walk } from './walk.ts'

export function collectGarbage(
  store: Store,
  pins: PinTable,
  options: { dryRun?: boolean; signal?: AbortSignal } = {}
): Promise<GcResult> {
  return store.collect(options.signal, async collection => {
    const marked = await mark(collection, pins)
    const result: GcResult = { removedBlocks: 0, removedBytes: 0, keptBlocks: 0 }
    const garbage: CID[] = []
    for await (const cid of collection.all()) {
      options.signal?.throwIfAborted()
      if (marked.has(keyOf(cid)) || collection.isHeld(cid)) result.keptBlocks++
      else garbage.push(cid)
    }
    for (const cid of garbage) {
      options.signal?.throwIfAborted()
      const sizeBytes = await collection.sizeOf(cid)
      if (options.dryRun ? collection.isHeld(cid) : !(await collection.remove(cid))) {
        result.keptBlocks++
        continue
      }
      result.removedBlocks++
      result.removedBytes += sizeBytes
    }
    return result
  })
}

/** A damaged block on the way fails the collection: what lies below it is unknown, and must not go. */
async function mark(collection: Collection, pins: PinTable): Promise<Set<string>> {
  const marked = new Set<string>()
  const recursive: CID[] = await collection.roots()
  for (const { cid, type } of await pins.roots()) {
    if (type === 'recursive') recursive.push(cid)
    else marked.add(keyOf(cid))
  }
  const followed = new Set<string>()
  for (const root of recursive) {
    const reachable = walk([root], async cid => {
      const name = cid.toV1().toString()
      if (followed.has(name)) return []
      followed.add(name)
      if (cid.code === CODEC.raw || !isKnownCodec(cid) || !(await collection.has(cid))) return []
      try {
        return linksOf(cid, await collection.read(cid))
      } catch (error) {
        throw explain(error, cid, root)
      }
    })
    for await (const cid of reachable) marked.add(keyOf(cid))
  }
  return marked
}

function explain(error: unknown, cid: CID, root: CID): unknown {
  if (!(error instanceof AppError) || (error.code !== 'CID_MISMATCH' && error.code !== 'BAD_DATA')) return error
  const below = cid.equals(root) ? 'which is pinned or in use' : `below ${root}`
  const cure = `import a CAR that holds it with ipfs_import_car, or give up ${root} with ipfs_unpin`
  return new AppError(error.code, `Nothing was removed: block ${cid}, ${below}, is damaged; ${cure}`, {
    details: { cid: cid.toString(), root: root.toString() },
    cause: error
  })
}
