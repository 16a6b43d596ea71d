/**
 * ZIP by its central directory (APPNOTE 6.3.9, ZIP64 included), stored or deflated. Every entry is held to its declared size
 * and CRC; entries that share bytes, as those of a bomb do, are refused.
 */
import { crc32, inflateRawSync } from 'node:zlib'
import { AppError, hasCode } from '../../core/errors.ts'
import type { ByteSource } from '../byte-source.ts'
import { type Budget, quoteName } from './budget.ts'

const END_BYTES = 22
const MAX_COMMENT_BYTES = 65_535
const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const CENTRAL = 0x02014b50
const CENTRAL_BYTES = 46
const LOCAL = 0x04034b50
const LOCAL_BYTES = 30
const UNKNOWN_32 = 0xffffffff
const MAX_DIRECTORY_BYTES = 64 * 1024 ** 2
const STORED = 0
const DEFLATED = 8

export interface ZipEntry {
  /** As written, with `/` between segments; it ends in one where it is a directory. */
  name: string
  sizeBytes: number
  compressedBytes: number
  method: number
  crc: number
  isEncrypted: boolean
  isLink: boolean
  offset: number
}

/** @throws BAD_DATA if it is cut or damaged. TOO_LARGE by the budget. */
export function readZip(source: ByteSource, budget: Budget): ZipEntry[] {
  const { offset, sizeBytes } = findDirectory(source)
  if (sizeBytes > MAX_DIRECTORY_BYTES || offset + sizeBytes > source.sizeBytes)
    throw damaged('its directory is cut off')
  const directory = source.read(offset, offset + sizeBytes)
  const entries: ZipEntry[] = []
  for (let at = 0; at + CENTRAL_BYTES <= directory.length && directory.readUInt32LE(at) === CENTRAL; ) {
    const ends = at + CENTRAL_BYTES + directory.readUInt16LE(at + 28)
    const extraEnds = ends + directory.readUInt16LE(at + 30)
    if (extraEnds > directory.length) throw damaged('its directory is cut off')
    const entry = toEntry(directory, at, ends, extraEnds)
    budget.entry(entry.name, entry.sizeBytes)
    entries.push(entry)
    at = extraEnds + directory.readUInt16LE(at + 32)
  }
  refuseOverlap(entries)
  return entries
}

/** @throws BAD_DATA, UNSUPPORTED or TOO_LARGE. */
export function readZipEntry(source: ByteSource, entry: ZipEntry, budget: Budget): Buffer {
  const { name, method, sizeBytes } = entry
  if (entry.isEncrypted)
    throw new AppError('UNSUPPORTED', `${quoteName(name)} is encrypted; unpack it with its password first`)
  const header = source.read(entry.offset, entry.offset + LOCAL_BYTES)
  if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== LOCAL)
    throw damaged(`${quoteName(name)} is not where it should be`)
  const start = entry.offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28)
  const packed = source.read(start, start + entry.compressedBytes)
  if (packed.length < entry.compressedBytes) throw damaged(`${quoteName(name)} is cut off`)
  const bytes = method === STORED ? packed : inflate(packed, entry)
  budget.spend(bytes.length)
  if (bytes.length !== sizeBytes) throw damaged(`${quoteName(name)} has ${bytes.length} bytes instead of ${sizeBytes}`)
  if (crc32(bytes) !== entry.crc) throw damaged(`${quoteName(name)} does not match its checksum`)
  return bytes
}

function inflate(packed: Buffer, { name, method, sizeBytes }: ZipEntry): Buffer {
  if (method !== DEFLATED) {
    throw new AppError('UNSUPPORTED', `${quoteName(name)} is packed by method ${method}; stored and deflated are read`)
  }
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, sizeBytes) })
  } catch (cause) {
    const isMore = hasCode(cause, 'ERR_BUFFER_TOO_LARGE')
    throw damaged(
      `${quoteName(name)} ${isMore ? `holds more than the ${sizeBytes} bytes it declares` : 'cannot be unpacked'}`,
      cause
    )
  }
}

function findDirectory(source: ByteSource): { offset: number; sizeBytes: number } {
  const tailAt = Math.max(0, source.sizeBytes - END_BYTES - MAX_COMMENT_BYTES)
  const tail = source.read(tailAt, source.sizeBytes)
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) > tail.length) continue
    const [sizeBytes, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    const isSmall = sizeBytes !== UNKNOWN_32 && offset !== UNKNOWN_32 && tail.readUInt16LE(at + 10) !== 0xffff
    return isSmall ? { offset, sizeBytes } : findDirectory64(source, tailAt + at)
  }
  throw damaged('its directory is missing, so it was probably cut short')
}

function findDirectory64(source: ByteSource, endAt: number): { offset: number; sizeBytes: number } {
  const locator = source.read(Math.max(0, endAt - 20), endAt)
  if (locator.length < 20 || locator.readUInt32LE(0) !== LOCATOR_64) throw damaged('its 64-bit directory is missing')
  const at = Number(locator.readBigUInt64LE(8))
  const end = source.read(at, at + 56)
  if (end.length < 56 || end.readUInt32LE(0) !== END_64) throw damaged('its 64-bit directory is missing')
  return { sizeBytes: Number(end.readBigUInt64LE(40)), offset: Number(end.readBigUInt64LE(48)) }
}

function toEntry(directory: Buffer, at: number, nameEnds: number, extraEnds: number): ZipEntry {
  const wide = wideNumbers(directory.subarray(nameEnds, extraEnds))
  const number = (place: number) => {
    const value = directory.readUInt32LE(at + place)
    return value === UNKNOWN_32 ? (wide.shift() ?? value) : value
  }
  // Where they are wide they stand in this order.
  const sizeBytes = number(24)
  const compressedBytes = number(20)
  const offset = number(42)
  const attributes = directory.readUInt32LE(at + 38)
  return {
    name: decodeName(directory.subarray(at + CENTRAL_BYTES, nameEnds)),
    sizeBytes,
    compressedBytes,
    method: directory.readUInt16LE(at + 10),
    crc: directory.readUInt32LE(at + 16),
    isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
    isLink: directory.readUInt8(at + 5) === 3 && ((attributes >>> 16) & 0xf000) === 0xa000,
    offset
  }
}

function wideNumbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const ends = at + 4 + extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1 && ends <= extra.length) {
      return Array.from({ length: Math.floor((ends - at - 4) / 8) }, (_, index) =>
        Number(extra.readBigUInt64LE(at + 4 + index * 8))
      )
    }
    at = ends
  }
  return []
}

/** UTF-8 where it is that, whatever the flag says: most writers of the last decades mean it. */
function decodeName(bytes: Buffer): string {
  const text = bytes.toString()
  return (Buffer.from(text).equals(bytes) ? text : bytes.toString('latin1')).replaceAll('\\', '/')
}

function refuseOverlap(entries: readonly ZipEntry[]): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset)
  for (const [index, { offset, name }] of sorted.entries()) {
    const before = sorted[index - 1]
    if (before && before.offset + LOCAL_BYTES + before.compressedBytes > offset) {
      throw damaged(`${quoteName(name)} shares bytes with ${quoteName(before.name)}`)
    }
  }
}

function damaged(what: string, cause?: unknown): AppError {
  return new AppError('BAD_DATA', `The ZIP is damaged: ${what}`, { cause })
}
