/** The entries of a directory. */
import { type CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { BlocksOptions, Entry } from './api.ts'
import { resolveBlock } from './resolve.ts'
import type { Operation, Store } from './store.ts'
import { contentSize, entriesOf, kindOf, openEntry } from './unixfs.ts'

export function ls(
  store: Store,
  cid: CID,
  path: readonly string[] = [],
  options: BlocksOptions = {}
): AsyncIterable<Entry> {
  return store.iterate([cid], options.signal, operation => list(operation, cid, path))
}

async function* list(operation: Operation, root: CID, path: readonly string[]): AsyncGenerator<Entry> {
  const cid = await resolveBlock(operation, root, path)
  const directory = await openEntry(operation, cid)
  if (directory.type !== 'directory') {
    throw new AppError('INVALID_INPUT', `${cid} is not a directory; read it with ipfs_cat or ipfs_dag_get`)
  }
  const known = new Map<string, number>()
  for await (const { name, cid: child, size } of entriesOf(operation, directory)) {
    operation.signal?.throwIfAborted()
    // A raw leaf need not be here, nor be read, to be listed: its link states its size.
    if (child.code === CODEC.raw) {
      yield { name, cid: child, type: 'raw', sizeBytes: Number(size) }
      continue
    }
    const type = (await kindOf(operation, child)) === 'directory' ? 'directory' : 'file'
    yield { name, cid: child, type, sizeBytes: await contentSize(operation, child, known) }
  }
}
