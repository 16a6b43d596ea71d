/** CIDs: parsing, and making them from bytes. Nothing else in the project makes or checks one. */
import { createHash, hash } from 'node:crypto'
import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { canonicalize } from './canonical.ts'
import { AppError } from './errors.ts'

export { CID }

/** Multicodec codes (https://github.com/multiformats/multicodec). */
export const CODEC = { raw: 0x55, dagPb: 0x70, dagCbor: 0x71, dagJson: 0x0129 } as const
export const HASH = { identity: 0x00, sha256: 0x12, sha512: 0x13 } as const

const BASES = base32.decoder.or(base36.decoder).or(base58btc.decoder)

/** Parses a CID of version 0 or 1. INVALID_CID names the text and what would be right. */
export function parseCid(text: string): CID {
  try {
    const isBare = text.startsWith('Q')
    const cid = decodeCid(BASES.decode(isBare ? `z${text}` : text))
    if (isBare !== (cid.version === 0)) throw new Error('Only version 0 stands without a prefix for its base')
    return cid
  } catch (cause) {
    throw new AppError('INVALID_CID', `"${text.slice(0, 80)}" is not a CID; one looks like bafkrei… or Qm…`, { cause })
  }
}

/**
 * Decodes a CID from exactly its own bytes. The decoder also reads version 0 where it is spelled out and then drops the codec beside it,
 * so that damage would go unseen: any bytes but those of the CID are BAD_DATA here.
 */
export function decodeCid(bytes: Uint8Array): CID {
  const { version, code, multihash } = CID.decode(bytes)
  const cid = CID.create(version, code, Digest.create(multihash.code, multihash.digest))
  if (Buffer.compare(cid.bytes, bytes) === 0) return cid
  throw new AppError('BAD_DATA', `The bytes that stand for ${cid} are not those of this CID; they were damaged`)
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
