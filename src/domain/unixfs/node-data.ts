/** The UnixFS message inside a dag-pb node. Fields and numbers: https://specs.ipfs.tech/unixfs/. */
import { varint } from 'multiformats'

export const NODE_TYPE = { raw: 0, directory: 1, file: 2, symlink: 4, shard: 5 } as const

/** What a node says of the file or directory that it stands for. */
export interface Attributes {
  /** Permission bits, 0 to 0o777; 0 stands for none. */
  mode?: number | undefined
  mtime?: Timestamp | undefined
}

export interface Timestamp {
  /** Since 1970, below 0 before it. */
  seconds: number
  /** 0 to 999,999,999. */
  nanoseconds?: number | undefined
}

export interface NodeFields extends Attributes {
  type: number
  data?: Uint8Array
  /** Bytes of the file below the node. */
  fileBytes?: number
  /** Bytes of the file below each link. */
  linkedBytes?: readonly number[]
  hashType?: number
  fanout?: number
}

/** The fields in the order of their numbers, as every encoder writes them. */
export function nodeData(fields: NodeFields): Uint8Array {
  const { type, data, fileBytes, linkedBytes = [], hashType, fanout, mode, mtime } = fields
  const head = [0x08, type]
  if (data) head.push(0x12, data.byteLength)
  const tail: number[] = []
  if (fileBytes !== undefined) tail.push(0x18, fileBytes)
  for (const size of linkedBytes) tail.push(0x20, size)
  if (hashType !== undefined) tail.push(0x28, hashType)
  if (fanout !== undefined) tail.push(0x30, fanout)
  if (mode) tail.push(0x38, mode)
  const time = mtime && timeData(mtime)
  if (time) tail.push(0x42, time.byteLength)
  return Buffer.concat([varints(head), data ?? NOTHING, varints(tail), time ?? NOTHING])
}

const NOTHING = new Uint8Array()
const SIGNED_64_BYTES = 10

function timeData({ seconds, nanoseconds = 0 }: Timestamp): Uint8Array {
  const parts = [varints([0x08]), seconds < 0 ? negative(seconds) : varints([seconds])]
  if (nanoseconds > 0) {
    const fixed = Buffer.alloc(5, 0x15)
    fixed.writeUInt32LE(nanoseconds, 1)
    parts.push(fixed)
  }
  return Buffer.concat(parts)
}

/** Two's complement of 64 bits, seven at a time. */
function negative(number: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(number))
  const bytes = new Uint8Array(SIGNED_64_BYTES)
  for (let at = 0; at < SIGNED_64_BYTES; at++, rest >>= 7n) {
    bytes[at] = Number(rest & 0x7fn) | (at < SIGNED_64_BYTES - 1 ? 0x80 : 0)
  }
  return bytes
}

function varints(numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(numbers.reduce((sum, number) => sum + varint.encodingLength(number), 0))
  let offset = 0
  for (const number of numbers) {
    varint.encodeTo(number, bytes, offset)
    offset += varint.encodingLength(number)
  }
  return bytes
}
