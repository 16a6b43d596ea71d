/** What blocks mean: decoding by codec, and the links that lead on. */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import * as dagPb from '@ipld/dag-pb'
import { CID, CODEC } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'

const NAMES = new Map<number, string>([
  [CODEC.raw, 'raw'],
  [CODEC.dagPb, 'dag-pb'],
  [CODEC.dagCbor, 'dag-cbor'],
  [CODEC.dagJson, 'dag-json']
])

export const codecName = (cid: CID): string => NAMES.get(cid.code) ?? `0x${cid.code.toString(16)}`

export const isKnownCodec = (cid: CID): boolean => NAMES.has(cid.code)

/** The value of a block. BAD_DATA if the bytes are not of its codec, UNSUPPORTED for a codec that we do not have. */
export function decodeBlock(cid: CID, bytes: Uint8Array): unknown {
  try {
    switch (cid.code) {
      case CODEC.raw:
        return bytes
      case CODEC.dagPb:
        return dagPb.decode(bytes)
      case CODEC.dagCbor:
        return dagCbor.decode(bytes)
      case CODEC.dagJson:
        return dagJson.decode(bytes)
    }
  } catch (cause) {
    // Includes the RangeError of values nested so deeply that the stack ends.
    throw new AppError('BAD_DATA', `Block ${cid} is not valid ${codecName(cid)}`, { cause })
  }
  throw new AppError('UNSUPPORTED', `Codec ${codecName(cid)} of ${cid}: known are ${[...NAMES.values()].join(', ')}`)
}

/** The CIDs inside a block, in their order there. */
export function linksOf(cid: CID, bytes: Uint8Array): CID[] {
  const links: CID[] = []
  const stack: unknown[] = [decodeBlock(cid, bytes)]
  while (stack.length > 0) {
    const value = stack.pop()
    // Not `CID.asCID`, which takes a map of a stranger's choice for a CID when its members look alike.
    if (value instanceof CID) links.push(value)
    else if (value !== null && typeof value === 'object' && !(value instanceof Uint8Array)) {
      const members = Object.values(value)
      for (let index = members.length - 1; index >= 0; index--) stack.push(members[index])
    }
  }
  return links
}
