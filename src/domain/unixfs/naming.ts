/** How the bytes of a node become its CID. */
import { type CID, CODEC, cidOf, HASH } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'

export type HashName = 'sha2-256' | 'sha2-512'

export interface NamingOptions {
  /** Default 1. Raw leaves and small inline blocks have CIDs of version 1 in any case. */
  cidVersion?: 0 | 1 | undefined
  /** Default sha2-256. Version 0 has no other. */
  hashAlgo?: HashName | undefined
  /** Nodes up to this size stand in their CID whole, without a block. Default none. */
  inlineBytes?: number | undefined
}

export type NameOf = (bytes: Uint8Array, codec: number) => CID

export interface Block {
  cid: CID
  bytes: Uint8Array
}

/** INVALID_INPUT for version 0 with another hash function. */
export function createNaming({ cidVersion = 1, hashAlgo = 'sha2-256', inlineBytes }: NamingOptions): NameOf {
  if (cidVersion === 0 && hashAlgo !== 'sha2-256') {
    throw new AppError('INVALID_INPUT', `A CID of version 0 is of sha2-256; use version 1 for ${hashAlgo}`)
  }
  const hashCode = hashAlgo === 'sha2-512' ? HASH.sha512 : HASH.sha256
  return (bytes, codec) => {
    // The CID keeps what it is made of, and its maker may use the buffer again.
    if (inlineBytes !== undefined && bytes.byteLength <= inlineBytes) return cidOf(bytes.slice(), codec, HASH.identity)
    const cid = cidOf(bytes, codec, hashCode)
    return cidVersion === 0 && codec === CODEC.dagPb ? cid.toV0() : cid
  }
}
