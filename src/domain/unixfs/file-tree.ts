/**
 * A UnixFS file as blocks, chunk by chunk, children before parents. What Kubo makes of the same options has the same CIDs.
 * Fields and numbers of a node: https://specs.ipfs.tech/unixfs/.
 */
import { AppError } from '../../core/errors.ts'
import { createBalancedLayout } from './balanced-layout.ts'
import { type Child, createFileNodes, type Made } from './file-nodes.ts'
import { type Block, createNaming, type NamingOptions } from './naming.ts'
import { type Attributes, NODE_TYPE } from './node-data.ts'
import { createTrickleLayout } from './trickle-layout.ts'

/** Equal bytes have equal CIDs only as long as these stay. */
export const DEFAULT_CHUNK_BYTES = 256 * 1024
export const DEFAULT_MAX_LINKS = 174

export interface FileTree {
  /** Takes the next chunk; answers the leaves and nodes that are complete with it. The first must stay as it is until the next call. */
  add(chunk: Uint8Array): Block[]
  /** Answers what was still waiting, the root last. A file without a chunk is one empty node. */
  finish(): { root: Child; blocks: Block[] }
}

export interface FileTreeOptions extends NamingOptions, Attributes {
  /** Whether leaves are the bytes alone. Default true for CIDs of version 1, unless there are attributes, for which they have no room. */
  rawLeaves?: boolean | undefined
  /** Default balanced. Trickle has its first bytes near the root. */
  layout?: 'balanced' | 'trickle' | undefined
  /** Default 174. */
  maxLinks?: number | undefined
}

/** INVALID_INPUT for options that contradict each other. */
export function createFileTree(options: FileTreeOptions = {}): FileTree {
  const { cidVersion = 1, maxLinks = DEFAULT_MAX_LINKS, mode, mtime } = options
  const hasAttributes = Boolean(mode) || mtime !== undefined
  const isRaw = options.rawLeaves ?? (cidVersion === 1 && !hasAttributes)
  if (isRaw && hasAttributes) throw new AppError('INVALID_INPUT', 'Raw leaves have no room for a mode or mtime')
  const isTrickle = options.layout === 'trickle'
  const nodes = createFileNodes(createNaming(options), isTrickle ? { isRaw, type: NODE_TYPE.raw } : { isRaw })
  const layout = (isTrickle ? createTrickleLayout : createBalancedLayout)(nodes, maxLinks)
  const attributes = { mode, mtime }
  // A leaf that turns out to be the only one is the root, and bears the attributes.
  const holdsFirst = hasAttributes && !isTrickle
  let first: Uint8Array | undefined

  const addLeaf = (chunk: Uint8Array, made: Made[], own?: Attributes) => {
    const leaf = nodes.leaf(chunk, own)
    made.push(leaf)
    layout.place(leaf.child, made)
  }
  const blocksOf = (made: readonly Made[]) => made.map(({ block }) => block)

  return {
    add(chunk) {
      if (holdsFirst && !first && layout.isEmpty()) {
        first = chunk
        return []
      }
      const made: Made[] = []
      if (first) addLeaf(first, made)
      first = undefined
      addLeaf(chunk, made)
      return blocksOf(made)
    },
    finish() {
      const made: Made[] = []
      if (first) addLeaf(first, made, attributes)
      else if (layout.isEmpty() && !isTrickle) addLeaf(new Uint8Array(), made, attributes)
      const root = layout.finish(attributes, made)
      return { root, blocks: blocksOf(made) }
    }
  }
}
