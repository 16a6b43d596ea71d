/** The nodes of a file: leaves with its bytes, and nodes that link to what lies below them. */
import * as dagPb from '@ipld/dag-pb'
import { type CID, CODEC } from '../../core/cid.ts'
import type { Block, NameOf } from './naming.ts'
import { type Attributes, NODE_TYPE, nodeData } from './node-data.ts'

/** What a parent says of a child. */
export interface Child {
  cid: CID
  /** Bytes of the file below it. */
  fileBytes: number
  /** Bytes of the blocks below it and of itself. */
  dagBytes: number
}

/** A node and what its parent says of it. */
export interface Made {
  block: Block
  child: Child
}

/** Puts children under parents. What it makes it appends to `made`. */
export interface Layout {
  place(leaf: Child, made: Made[]): void
  /** Whether nothing was placed. */
  isEmpty(): boolean
  /** The root bears the attributes. */
  finish(attributes: Attributes, made: Made[]): Child
}

export interface LeafKind {
  /** Whether a leaf is the bytes alone rather than a node around them. */
  isRaw: boolean
  /** Of the node around them. Default file. */
  type?: number
}

export function createFileNodes(nameOf: NameOf, leaves: LeafKind) {
  const make = (bytes: Uint8Array, codec: number, fileBytes: number, below: number): Made => {
    const cid = nameOf(bytes, codec)
    return { block: { cid, bytes }, child: { cid, fileBytes, dagBytes: bytes.byteLength + below } }
  }
  return {
    leaf(chunk: Uint8Array, attributes: Attributes = {}): Made {
      if (leaves.isRaw) return make(chunk, CODEC.raw, chunk.byteLength, 0)
      const data = chunk.byteLength > 0 ? { data: chunk } : {}
      const Data = nodeData({
        type: leaves.type ?? NODE_TYPE.file,
        ...data,
        fileBytes: chunk.byteLength,
        ...attributes
      })
      return make(dagPb.encode({ Data, Links: [] }), CODEC.dagPb, chunk.byteLength, 0)
    },

    parent(children: readonly Child[], attributes: Attributes = {}): Made {
      const linkedBytes = children.map(child => child.fileBytes)
      const fileBytes = linkedBytes.reduce((sum, size) => sum + size, 0)
      const bytes = dagPb.encode({
        Data: nodeData({ type: NODE_TYPE.file, fileBytes, linkedBytes, ...attributes }),
        Links: children.map(child => ({ Hash: child.cid, Name: '', Tsize: child.dagBytes }))
      })
      const below = children.reduce((sum, child) => sum + child.dagBytes, 0)
      return make(bytes, CODEC.dagPb, fileBytes, below)
    }
  }
}

export type FileNodes = ReturnType<typeof createFileNodes>
