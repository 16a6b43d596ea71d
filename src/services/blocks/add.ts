/**
 * UnixFS import of files and directories, with the fixed defaults that make equal bytes have equal CIDs. A file goes by our own
 * way, which is faster; a directory by the stock importer.
 */
import { type CID, HASH } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { fixedChunks } from '../../domain/unixfs/chunks.ts'
import {
  createFileTree,
  DEFAULT_CHUNK_BYTES,
  DEFAULT_MAX_LINKS,
  type FileBlock
} from '../../domain/unixfs/file-tree.ts'
import type { Added, AddOptions, DirectoryEntry } from './api.ts'
import { type PinTable, pinWithin } from './pins.ts'
import { createRehashing } from './rehash.ts'
import type { Operation, Store } from './store.ts'

/** Directories whose links take more than this become HAMT shards; Kubo's threshold and its way to count. */
const SHARD_THRESHOLD_BYTES = 256 * 1024
/** What is written at once: it keeps the disk busy while the next chunk is hashed, and holds 2 MiB of default chunks. */
const WRITES_AT_ONCE = 8

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

export function addFile(store: Store, pins: PinTable, content: Bytes, options: AddOptions = {}): Promise<Added> {
  return store.run([], options.signal, async operation => {
    const counted = createCounter(options)
    const cid = await importFile(operation, counted.count(content), options)
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
    const cid = await importDirectory(operation, candidates(), options)
    return finish(operation, pins, { cid, sizeBytes: counted.bytes(), files }, options)
  })
}

async function importFile(operation: Operation, content: Bytes, options: AddOptions): Promise<CID> {
  const tree = createFileTree({ hashCode: options.hashAlgo === 'sha2-512' ? HASH.sha512 : HASH.sha256 })
  const writing = new Set<Promise<void>>()
  const write = async (blocks: readonly FileBlock[]) => {
    for (const { cid, bytes } of blocks) {
      if (writing.size >= WRITES_AT_ONCE) await Promise.race(writing)
      // One that fails stays among them, so that whoever waits next ends with its reason.
      const written = operation.write(cid, bytes).then(() => void writing.delete(written))
      written.catch(() => {})
      writing.add(written)
    }
  }
  for await (const chunk of fixedChunks(content, DEFAULT_CHUNK_BYTES)) await write(tree.add(chunk))
  const { root, blocks } = tree.finish()
  await write(blocks)
  await Promise.all(writing)
  return root
}

async function importDirectory(
  operation: Operation,
  candidates: AsyncIterable<{ path: string; content: AsyncIterable<Uint8Array> }>,
  options: AddOptions
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
    chunker: fixedSize({ chunkSize: DEFAULT_CHUNK_BYTES }),
    layout: balanced({ maxChildrenPerNode: DEFAULT_MAX_LINKS }),
    shardSplitThresholdBytes: SHARD_THRESHOLD_BYTES,
    shardSplitStrategy: 'links-bytes',
    fileImportConcurrency: 4,
    blockWriteConcurrency: WRITES_AT_ONCE,
    wrapWithDirectory: true
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
