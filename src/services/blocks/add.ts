/** UnixFS import of files and directories, with the defaults that make equal bytes have equal CIDs. */
import type { CID } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { DEFAULT_CHUNKER, parseChunker } from '../../domain/unixfs/chunker.ts'
import { type Link, makeDirectory, makeSymbolicLink } from '../../domain/unixfs/directory.ts'
import { createDirectoryTree } from '../../domain/unixfs/directory-tree.ts'
import { createFileTree } from '../../domain/unixfs/file-tree.ts'
import { type Block, createNaming } from '../../domain/unixfs/naming.ts'
import type { Added, AddOptions, DirectoryEntry } from './api.ts'
import { type PinTable, pinWithin } from './pins.ts'
import type { Operation, Store } from './store.ts'

/** What is written at once: it keeps the disk busy while the next chunk is hashed, and holds 2 MiB of default chunks. */
const WRITES_AT_ONCE = 8

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

export function addFile(store: Store, pins: PinTable, content: Bytes, options: AddOptions = {}): Promise<Added> {
  return store.run([], options.signal, async operation => {
    const counted = createCounter(options)
    const writer = createWriter(operation)
    const { cid } = await importFile(writer, counted.count(content), options)
    await writer.settle()
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
    const writer = createWriter(operation)
    const naming = createNaming(options)
    const tree = createDirectoryTree()
    let files = 0
    for await (const entry of entries) {
      if ('content' in entry) {
        files++
        const place = tree.claim(entry.path)
        place.target = await importFile(writer, counted.count(entry.content), options)
      } else if ('target' in entry) {
        const place = tree.claim(entry.path)
        const link = makeSymbolicLink(entry.target, naming, options.mtime)
        await writer.write(link.blocks)
        place.target = link.root
      } else tree.makeDirectory(entry.path)
    }
    let root: CID | undefined
    for (const made of tree.build(links => makeDirectory(links, naming, options))) {
      await writer.write(made.blocks)
      root = made.root.cid
    }
    await writer.settle()
    if (!root) throw new AppError('INTERNAL', 'The import ended without a root')
    return finish(operation, pins, { cid: root, sizeBytes: counted.bytes(), files }, options)
  })
}

/** Writes blocks while the next ones are made. `settle` waits for all of them. */
function createWriter(operation: Operation) {
  const writing = new Set<Promise<void>>()
  return {
    async write(blocks: readonly Block[]) {
      for (const { cid, bytes } of blocks) {
        if (writing.size >= WRITES_AT_ONCE) await Promise.race(writing)
        // One that fails stays among them, so that whoever waits next ends with its reason.
        const written = operation.write(cid, bytes).then(() => void writing.delete(written))
        written.catch(() => {})
        writing.add(written)
      }
    },
    settle: () => Promise.all(writing)
  }
}

type Writer = ReturnType<typeof createWriter>

async function importFile(writer: Writer, content: Bytes, options: AddOptions): Promise<Omit<Link, 'name'>> {
  const tree = createFileTree(options)
  for await (const chunk of parseChunker(options.chunker ?? DEFAULT_CHUNKER)(content))
    await writer.write(tree.add(chunk))
  const { root, blocks } = tree.finish()
  await writer.write(blocks)
  return root
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
