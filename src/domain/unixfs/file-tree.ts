/**
 * A UnixFS file as blocks: raw leaves under a balanced tree of dag-pb nodes, chunk by chunk, children before parents.
 * The stock importer gives the same CIDs for `rawLeaves`, `reduceSingleLeafToSelf`, fixed-size chunks and its balanced layout.
 * Fields and numbers of a node: https://specs.ipfs.tech/unixfs/.
 */
import * as dagPb from '@ipld/dag-pb'
import { varint } from 'multiformats'
import { type CID, CODEC, cidOf, HASH } from '../../core/cid.ts'

/** Equal bytes have equal CIDs only as long as these stay. */
export const DEFAULT_CHUNK_BYTES = 256 * 1024
export const DEFAULT_MAX_LINKS = 174

export interface FileBlock {
  cid: CID
  bytes: Uint8Array
}

export interface FileTree {
  /** Takes the next chunk; answers its leaf and every node that is complete with it. */
  add(chunk: Uint8Array): FileBlock[]
  /** Answers the nodes that were still waiting for children, and the root. A file without a chunk is one empty leaf. */
  finish(): { root: CID; blocks: FileBlock[] }
}

export interface FileTreeOptions {
  /** Default 174. */
  maxLinks?: number
  /** Multihash code. Default sha2-256. */
  hashCode?: number
}

/** What a parent says of a child. */
interface Child {
  cid: CID
  /** Bytes of the file below it. */
  fileBytes: number
  /** Bytes of the blocks below it and of itself. */
  dagBytes: number
}

interface Level {
  waiting: Child[]
  /** Children that ever came to this level. */
  count: number
}

export function createFileTree(options: FileTreeOptions = {}): FileTree {
  const { maxLinks = DEFAULT_MAX_LINKS, hashCode = HASH.sha256 } = options
  const levels: Level[] = []

  const join = (at: number, made: FileBlock[]): void => {
    const level = levels[at]
    if (!level || level.waiting.length === 0) return
    const children = level.waiting.splice(0)
    const bytes = dagPb.encode({
      Data: fileData(children.map(child => child.fileBytes)),
      Links: children.map(child => ({ Hash: child.cid, Name: '', Tsize: child.dagBytes }))
    })
    const cid = cidOf(bytes, CODEC.dagPb, hashCode)
    made.push({ cid, bytes })
    const sum = (size: (child: Child) => number) => children.reduce((total, child) => total + size(child), 0)
    const dagBytes = bytes.byteLength + sum(child => child.dagBytes)
    place(at + 1, { cid, fileBytes: sum(child => child.fileBytes), dagBytes }, made)
  }

  const place = (at: number, child: Child, made: FileBlock[]): void => {
    levels[at] ??= { waiting: [], count: 0 }
    levels[at].waiting.push(child)
    levels[at].count++
    if (levels[at].waiting.length === maxLinks) join(at, made)
  }

  const add = (chunk: Uint8Array): FileBlock[] => {
    const leaf = { cid: cidOf(chunk, CODEC.raw, hashCode), bytes: chunk }
    const made = [leaf]
    place(0, { cid: leaf.cid, fileBytes: chunk.byteLength, dagBytes: chunk.byteLength }, made)
    return made
  }

  return {
    add,
    finish() {
      const blocks = levels.length === 0 ? add(new Uint8Array()) : []
      // A level to which only one child ever came has the root; `levels` grows while this walks up.
      for (let at = 0; ; at++) {
        const level = levels[at]
        const [only] = level?.waiting ?? []
        if (only && level?.count === 1) return { root: only.cid, blocks }
        join(at, blocks)
      }
    }
  }
}

/** The UnixFS message of a file without data of its own: type 2, its size, and the size below each link. */
function fileData(sizes: readonly number[]): Uint8Array {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const numbers = [0x08, 2, 0x18, total, ...sizes.flatMap(size => [0x20, size])]
  const bytes = new Uint8Array(numbers.reduce((sum, number) => sum + varint.encodingLength(number), 0))
  let offset = 0
  for (const number of numbers) {
    varint.encodeTo(number, bytes, offset)
    offset += varint.encodingLength(number)
  }
  return bytes
}
