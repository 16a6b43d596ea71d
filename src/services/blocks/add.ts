/** UnixFS import of files and directories, with the fixed defaults that make equal bytes have equal CIDs. */
import type { ImporterOptions } from 'ipfs-unixfs-importer'
import type { CID } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { Added, AddOptions, DirectoryEntry } from './api.ts'
import { type PinTable, pinWithin } from './pins.ts'
import { createRehashing } from './rehash.ts'
import type { Operation, Store } from './store.ts'

const CHUNK_BYTES = 256 * 1024
const MAX_LINKS = 174
/** Directories whose links take more than this become HAMT shards; Kubo's threshold and its way to count. */
const SHARD_THRESHOLD_BYTES = 256 * 1024

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

export function addFile(store: Store, pins: PinTable, content: Bytes, options: AddOptions = {}): Promise<Added> {
  return store.run([], options.signal, async operation => {
    const counted = createCounter(options)
    const cid = await importWith(operation, [{ content: counted.count(content) }], options)
    return finish(operation, pins, { cid, sizeBytes: counted.bytes(), files: 1 }, options)
  })
}

export function addDirectory(
  store: Store,
  pins: PinTable,
  entries: AsyncIterable<DirectoryEntry> | Iterable<DirectoryEntry>,
  options: AddOptions = {}
): Promise<Added> {
  return store.run([], options.signal, async operation => {
    const counted = createCounter(options)
    let files = 0
    const candidates = async function* () {
      const refuse = createPathCheck()
      for await (const { path, content } of entries) {
        refuse(path)
        files++
        yield { path, content: counted.count(content) }
      }
    }
    const cid = await importWith(operation, candidates(), options, { wrapWithDirectory: true })
    return finish(operation, pins, { cid, sizeBytes: counted.bytes(), files }, options)
  })
}

async function importWith(
  operation: Operation,
  candidates:
    | Iterable<{ content: AsyncIterable<Uint8Array> }>
    | AsyncIterable<{ path: string; content: AsyncIterable<Uint8Array> }>,
  options: AddOptions,
  more: ImporterOptions = {}
): Promise<CID> {
  const [{ importer }, { fixedSize }, { balanced }] = await Promise.all([
    import('ipfs-unixfs-importer'),
    import('ipfs-unixfs-importer/chunker'),
    import('ipfs-unixfs-importer/layout')
  ])
  const rehashing = options.hashAlgo === 'sha2-512' ? createRehashing(operation) : undefined
  const write = rehashing?.write ?? operation.write
  const storage = {
    async put(cid: CID, value: Uint8Array | Bytes) {
      await write(cid, value instanceof Uint8Array ? value : Buffer.concat(await Array.fromAsync(value)))
      return cid
    }
  }
  let root: CID | undefined
  const results = importer(candidates, storage, {
    cidVersion: 1,
    rawLeaves: true,
    reduceSingleLeafToSelf: true,
    chunker: fixedSize({ chunkSize: CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: MAX_LINKS }),
    shardSplitThresholdBytes: SHARD_THRESHOLD_BYTES,
    shardSplitStrategy: 'links-bytes',
    fileImportConcurrency: 4,
    blockWriteConcurrency: 8,
    ...more
  })
  // The root comes last: a node is made after everything that it links to.
  for await (const { cid } of results) root = cid
  if (!root) throw new AppError('INTERNAL', 'The import ended without a root')
  return rehashing?.cidFor(root) ?? root
}

async function finish(operation: Operation, pins: PinTable, added: Added, options: AddOptions): Promise<Added> {
  operation.signal?.throwIfAborted()
  if (options.pin) await pinWithin(operation, pins, added.cid, options.pin)
  else await operation.sync()
  return added
}

function createCounter({ signal, onProgress }: AddOptions) {
  let bytesDone = 0
  return {
    bytes: () => bytesDone,
    async *count(content: Bytes) {
      for await (const chunk of content) {
        signal?.throwIfAborted()
        bytesDone += chunk.byteLength
        onProgress?.(bytesDone)
        yield chunk
      }
      signal?.throwIfAborted()
    }
  }
}

/** Refuses paths that are not plain and relative, that come twice, or that are both a file and a directory. */
function createPathCheck() {
  const files = new Set<string>()
  const directories = new Set<string>()
  return (path: string) => {
    const segments = path.split('/')
    // The importer takes a backslash before a slash for an escape and would join the two names.
    if (
      segments.some(name => name === '' || name === '.' || name === '..' || name.includes('\0') || name.endsWith('\\'))
    ) {
      throw new AppError('INVALID_INPUT', `"${path}" is not a plain relative path such as "data/part-1.csv"`)
    }
    const parents = segments.slice(0, -1).map((_, index) => segments.slice(0, index + 1).join('/'))
    if (files.has(path) || directories.has(path) || parents.some(parent => files.has(parent))) {
      throw new AppError('INVALID_INPUT', `"${path}" stands twice in the directory; every path may come once`)
    }
    files.add(path)
    for (const parent of parents) directories.add(parent)
  }
}
