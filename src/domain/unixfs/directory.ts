/** UnixFS directories and symbolic links as blocks. What Kubo makes of the same entries and options has the same CIDs. */
import * as dagPb from '@ipld/dag-pb'
import { type CID, CODEC } from '../../core/cid.ts'
import type { Block, NameOf } from './naming.ts'
import { type Attributes, NODE_TYPE, nodeData, type Timestamp } from './node-data.ts'
import { makeShards } from './shards.ts'

/** A name and what it leads to. */
export interface Link {
  name: string
  cid: CID
  /** Bytes of the blocks below it and of itself. */
  dagBytes: number
}

export interface DirectoryOptions extends Attributes {
  /** Directories whose names and CIDs take more bytes become shards. Default 256 KiB. */
  shardThresholdBytes?: number | undefined
  /** Links of a shard: a power of two from 8 to 1024. Default 256. */
  shardFanout?: number | undefined
}

const DEFAULT_SHARD_THRESHOLD_BYTES = 256 * 1024
const DEFAULT_SHARD_FANOUT = 256

export interface MadeDirectory {
  root: Omit<Link, 'name'>
  /** The root last. */
  blocks: Block[]
}

/** Each name may come once. */
export function makeDirectory(links: readonly Link[], nameOf: NameOf, options: DirectoryOptions = {}): MadeDirectory {
  const { shardThresholdBytes = DEFAULT_SHARD_THRESHOLD_BYTES, shardFanout = DEFAULT_SHARD_FANOUT } = options
  const size = links.reduce((sum, { name, cid }) => sum + Buffer.byteLength(name) + cid.bytes.byteLength, 0)
  const { mode, mtime } = options
  if (size > shardThresholdBytes) return makeShards(links, nameOf, { mode, mtime, fanout: shardFanout })
  return makeNode(nodeData({ type: NODE_TYPE.directory, mode, mtime }), links, nameOf)
}

/** A symbolic link has no permissions of its own. */
export function makeSymbolicLink(target: string, nameOf: NameOf, mtime?: Timestamp): MadeDirectory {
  return makeNode(nodeData({ type: NODE_TYPE.symlink, data: Buffer.from(target), mtime }), [], nameOf)
}

export function makeNode(data: Uint8Array, links: readonly Link[], nameOf: NameOf): MadeDirectory {
  const sorted = links
    .map(({ name, cid, dagBytes }) => ({ Hash: cid, Name: name, Tsize: dagBytes, key: Buffer.from(name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key))
    .map(({ Hash, Name, Tsize }) => ({ Hash, Name, Tsize }))
  const bytes = dagPb.encode({ Data: data, Links: sorted })
  const cid = nameOf(bytes, CODEC.dagPb)
  const dagBytes = links.reduce((sum, link) => sum + link.dagBytes, bytes.byteLength)
  return { root: { cid, dagBytes }, blocks: [{ cid, bytes }] }
}
