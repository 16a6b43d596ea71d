/** The frames of a CARv1: https://ipld.io/specs/transport/car/carv1/. */
import * as dagCbor from '@ipld/dag-cbor'
import { varint } from 'multiformats'
import type { CID } from '../../core/cid.ts'

/** Roots whose CIDs are of one length have headers of one length. */
export function carHeader(root: CID): Uint8Array {
  const header = dagCbor.encode({ version: 1, roots: [root] })
  return Buffer.concat([lengthPrefix(header.byteLength), header])
}

/** What stands before the bytes of a block. */
export function sectionHead(cid: CID, blockBytes: number): Uint8Array {
  return Buffer.concat([lengthPrefix(cid.bytes.byteLength + blockBytes), cid.bytes])
}

function lengthPrefix(length: number): Uint8Array {
  return varint.encodeTo(length, new Uint8Array(varint.encodingLength(length)))
}
