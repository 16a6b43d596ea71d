/** The bytes of a file, or a range of them; only the blocks that hold the range are read. */
import type { CID } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { RangeOptions } from './api.ts'
import { resolveBlock } from './resolve.ts'
import type { Operation, Store } from './store.ts'
import { openEntry, translate } from './unixfs.ts'

/** Read ahead: enough to keep the disk busy, little enough that a slow reader holds 2 MiB of default chunks at most. */
const READ_AHEAD_BLOCKS = 8

export function cat(
  store: Store,
  cid: CID,
  path: readonly string[] = [],
  options: RangeOptions = {}
): AsyncIterable<Uint8Array> {
  return store.iterate([cid], options.signal, operation => readRange(operation, cid, path, options))
}

async function* readRange(operation: Operation, root: CID, path: readonly string[], options: RangeOptions) {
  const { offset = 0, length = Number.MAX_SAFE_INTEGER } = options
  if (!isCount(offset) || !isCount(length)) {
    throw new AppError('INVALID_INPUT', 'offset and length are whole numbers of bytes from 0 on')
  }
  const cid = await resolveBlock(operation, root, path)
  const entry = await openEntry(operation, cid)
  if (entry.type === 'directory') {
    throw new AppError('INVALID_INPUT', `${cid} is a directory; name a file in it, as ipfs_ls lists them`)
  }
  if (entry.type === 'object')
    throw new AppError('UNSUPPORTED', `${cid} is a value, not a file; read it with ipfs_dag_get`)
  const size = Number(entry.size)
  const wanted = Math.min(length, size - offset)
  if (wanted <= 0) return
  try {
    for await (const chunk of entry.content({ offset, length: wanted, blockReadConcurrency: READ_AHEAD_BLOCKS })) {
      operation.signal?.throwIfAborted()
      if (chunk.byteLength > 0) yield chunk
    }
  } catch (error) {
    throw translate(error, operation, cid)
  }
}

const isCount = (number: number) => Number.isSafeInteger(number) && number >= 0
