/** CIDs: parsing, and making them from bytes. Nothing else in the project makes or checks one. */
import { createHash, hash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { canonicalize } from './canonical.ts'
import { AppError } from './errors.ts'

export { CID }

/** Multicodec codes (https://github.com/multiformats/multicodec). */
export const CODEC = { raw: 0x55, dagPb: 0x70, dagCbor: 0x71, dagJson: 0x0129 } as const
export const HASH = { identity: 0x00, sha256: 0x12, sha512: 0x13 } as const

/** Parses a CID of version 0 or 1. INVALID_CID names the text and what would be right. */
export function parseCid(text: string): CID {
  try {
    return CID.parse(text)
  } catch (cause) {
    throw new AppError('INVALID_CID', `"${text.slice(0, 80)}" is not a CID; one looks like bafkrei… or Qm…`, { cause })
  }
}

/** Splits `cid/path/below`, with or without a leading `ipfs://` or `/ipfs/`, into its CID and path segments. */
export function parseCidPath(text: string): { cid: CID; path: string[] } {
  const [head = '', ...rest] = text.replace(/^(ipfs:\/\/|\/ipfs\/)/, '').split('/')
  return { cid: parseCid(head), path: rest.filter(segment => segment !== '') }
}

/** CIDv1 of these bytes under `codec`, sha2-256 unless told otherwise. */
export function cidOf(bytes: Uint8Array, codec: number = CODEC.raw, hashCode: number = HASH.sha256): CID {
  return CID.createV1(codec, Digest.create(hashCode, digestBytes(bytes, hashCode)))
}

/** CIDv1 raw sha2-256 of the canonical JSON text of a value (`mcpp-jcs-v1`). */
export function cidOfValue(value: unknown): CID {
  return cidOf(new TextEncoder().encode(canonicalize(value)))
}

/** Throws CID_MISMATCH unless the bytes hash to the CID; UNSUPPORTED for a hash function we do not have. */
export function verifyBlock(cid: CID, bytes: Uint8Array): void {
  const actual = digestBytes(bytes, cid.multihash.code)
  if (Buffer.compare(actual, cid.multihash.digest) !== 0) {
    throw new AppError('CID_MISMATCH', `The bytes do not match ${cid}; the block was damaged or forged`)
  }
}

function digestBytes(bytes: Uint8Array, hashCode: number): Uint8Array {
  switch (hashCode) {
    case HASH.sha256:
      return hash('sha256', bytes, 'buffer')
    case HASH.sha512:
      return createHash('sha512').update(bytes).digest()
    case HASH.identity:
      return bytes
    default:
      throw new AppError(
        'UNSUPPORTED',
        `Hash function 0x${hashCode.toString(16)} is not supported; use sha2-256 or sha2-512`
      )
  }
}
