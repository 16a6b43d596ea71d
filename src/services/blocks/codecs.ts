/** What blocks mean: decoding by codec, and the links that lead on. */
import * as dagCbor from '@ipld/dag-cbor'
import * as dagJson from '@ipld/dag-json'
import * as dagPb from '@ipld/dag-pb'
import { decode as decodeCborg, type TagDecoder } from 'cborg'
import { varint } from 'multiformats'
import { CID, CODEC, decodeCid, parseCid } from '../../core/cid.ts'
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
        return decodeDagPb(bytes)
      case CODEC.dagCbor:
        return decodeDagCbor(bytes)
      case CODEC.dagJson:
        return decodeDagJson(bytes)
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

const CBOR_TAG_OF_LINKS = 42
const PB_FIELD_OF_LINKS = 0x12

const linkFromTag: TagDecoder = decode => {
  const bytes: unknown = decode()
  if (!(bytes instanceof Uint8Array) || bytes[0] !== 0) throw new Error('A link is the bytes of a CID after a zero')
  return decodeCid(bytes.subarray(1))
}

const CBOR_OPTIONS = { ...dagCbor.decodeOptions, tags: { [CBOR_TAG_OF_LINKS]: linkFromTag } }

/** Throws unless it is DAG-CBOR, every link written as its CID is. */
export const decodeDagCbor = (bytes: Uint8Array): unknown => decodeCborg(bytes, CBOR_OPTIONS)

/** Throws unless it is DAG-JSON, every link written as a CID is. */
export function decodeDagJson(bytes: Uint8Array): unknown {
  const value: unknown = dagJson.decode(bytes)
  JSON.parse(Buffer.from(bytes).toString(), (key, member: unknown) => {
    if (key === '/' && typeof member === 'string') parseCid(member)
    return member
  })
  return value
}

/** Throws unless it is a dag-pb node, every link written as its CID is. */
function decodeDagPb(bytes: Uint8Array): dagPb.PBNode {
  const node = dagPb.decode(bytes)
  // The decoder has found the fields well formed, and the hash at the start of each link.
  for (let at = 0; at < bytes.length; ) {
    const field = pbFieldAt(bytes, at)
    if (field.tag === PB_FIELD_OF_LINKS) {
      const hash = pbFieldAt(bytes, field.start)
      decodeCid(bytes.subarray(hash.start, hash.end))
    }
    at = field.end
  }
  return node
}

function pbFieldAt(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } {
  const [tag, tagBytes] = varint.decode(bytes, at)
  const [length, lengthBytes] = varint.decode(bytes, at + tagBytes)
  const start = at + tagBytes + lengthBytes
  return { tag, start, end: start + length }
}
