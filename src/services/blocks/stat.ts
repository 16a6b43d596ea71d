/** What a CID stands for and how much of it is here. */
import { type CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { BlocksOptions, Found, Stat } from './api.ts'
import { codecName, isKnownCodec, linksOf } from './codecs.ts'
import { resolveBlock } from './resolve.ts'
import { keyOf } from './storage.ts'
import type { Operation, Store } from './store.ts'
import { contentSize, kindOf } from './unixfs.ts'
import { walk } from './walk.ts'

export function stat(
  store: Store,
  root: CID,
  path: readonly string[] = [],
  options: BlocksOptions = {}
): Promise<Stat> {
  return store.run([root], options.signal, async operation => {
    const cid = await resolveBlock(operation, root, path)
    const type = await kindOf(operation, cid)
    const reach = await measureReach(operation, cid)
    const sizeBytes = await contentSizeHere(operation, cid)
    return { cid, type, codec: codecName(cid), sizeBytes, ...reach }
  })
}

export function find(
  store: Store,
  root: CID,
  path: readonly string[] = [],
  options: BlocksOptions = {}
): Promise<Found> {
  return store.run([root], options.signal, async operation => {
    const cid = await resolveBlock(operation, root, path)
    const type = await kindOf(operation, cid)
    return { cid, type, sizeBytes: type === 'directory' ? undefined : await contentSizeHere(operation, cid) }
  })
}

async function measureReach(operation: Operation, root: CID) {
  const reach = { blocks: 0, dagSizeBytes: 0, isComplete: true }
  const counted = new Set<string>()
  // The root must be here: nothing can be said of what is not.
  await operation.read(root)
  const reachable = walk([root], async cid => {
    if (!(await operation.has(cid))) {
      reach.isComplete = false
      return []
    }
    const bytes = await operation.read(cid)
    if (!counted.has(keyOf(cid))) {
      counted.add(keyOf(cid))
      reach.blocks++
      reach.dagSizeBytes += bytes.byteLength
    }
    return cid.code === CODEC.raw || !isKnownCodec(cid) ? [] : linksOf(cid, bytes)
  })
  for await (const _ of reachable);
  return reach
}

/** A directory with a missing subdirectory has the size of what is known: none of it is invented. */
async function contentSizeHere(operation: Operation, cid: CID): Promise<number> {
  try {
    return await contentSize(operation, cid)
  } catch (error) {
    if (!(error instanceof AppError) || !['NOT_FOUND', 'UNSUPPORTED'].includes(error.code)) throw error
    return (await operation.read(cid)).byteLength
  }
}
