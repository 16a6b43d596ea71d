/**
 * Directories too large for one node, as a hash array mapped trie: https://specs.ipfs.tech/unixfs/#hamt-sharded-directory.
 * A name goes where the bits of its hash lead; where two would lie in one place, a shard takes both.
 */
import * as dagPb from '@ipld/dag-pb'
import { murmur364 } from '@multiformats/murmur3'
import { CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import type { DirectoryOptions, Link, MadeDirectory } from './directory.ts'
import type { Block, NameOf } from './naming.ts'
import { NODE_TYPE, nodeData } from './node-data.ts'

const HASH_BITS = 64n
const MURMUR3 = 0x22

interface Entry extends Link {
  hash: bigint
}

/** The root bears the attributes. */
export function makeShards(
  links: readonly Link[],
  nameOf: NameOf,
  { mode, mtime, fanout }: Pick<DirectoryOptions, 'mode' | 'mtime'> & { fanout: number }
): MadeDirectory {
  const bits = BigInt(Math.log2(fanout))
  const digits = (fanout - 1).toString(16).length
  const blocks: Block[] = []

  const make = (entries: readonly Entry[], consumed: bigint, attributes = {}): Omit<Link, 'name'> => {
    if (consumed + bits > HASH_BITS)
      throw new AppError('UNSUPPORTED', 'The hashes of two names in the directory are equal')
    const places = Map.groupBy(entries, ({ hash }) =>
      Number((hash >> (HASH_BITS - bits - consumed)) & (2n ** bits - 1n))
    )
    const taken = [...places].sort(([a], [b]) => a - b)
    const children = taken.map(([place, inPlace]) => {
      const prefix = place.toString(16).toUpperCase().padStart(digits, '0')
      const [only] = inPlace
      if (only && inPlace.length === 1) return { name: prefix + only.name, cid: only.cid, dagBytes: only.dagBytes }
      return { name: prefix, ...make(inPlace, consumed + bits) }
    })
    const data = bitField(
      taken.map(([place]) => place),
      fanout
    )
    const bytes = dagPb.encode({
      Data: nodeData({ type: NODE_TYPE.shard, data, hashType: MURMUR3, fanout, ...attributes }),
      Links: children.map(({ name, cid, dagBytes }) => ({ Hash: cid, Name: name, Tsize: dagBytes }))
    })
    const cid = nameOf(bytes, CODEC.dagPb)
    blocks.push({ cid, bytes })
    return { cid, dagBytes: children.reduce((sum, child) => sum + child.dagBytes, bytes.byteLength) }
  }

  const root = make(
    links.map(link => ({ ...link, hash: hashOf(link.name) })),
    0n,
    { mode, mtime }
  )
  return { root, blocks }
}

function hashOf(name: string): bigint {
  const digest = murmur364.encode(Buffer.from(name))
  // Its type allows hash functions that have to wait.
  if (digest instanceof Uint8Array) return Buffer.from(digest).readBigUInt64BE()
  throw new AppError('INTERNAL', 'The hash of a name did not come at once')
}

/** One bit a place, the first place last; bytes of zeros at the start are left out. */
function bitField(places: readonly number[], fanout: number): Uint8Array {
  const bytes = new Uint8Array(fanout / 8)
  for (const place of places) {
    const at = bytes.length - 1 - (place >> 3)
    bytes[at] = (bytes[at] ?? 0) | (1 << (place & 7))
  }
  return bytes.subarray(bytes.findIndex(byte => byte !== 0))
}
