/** One member of a gzip file (RFC 1952) by itself: a WARC has one for each record, so that a record can be read alone. */
import { crc32, inflateRawSync } from 'node:zlib'
import { AppError, hasCode } from '../../core/errors.ts'
import type { ByteSource } from '../byte-source.ts'

const FIRST_WINDOW_BYTES = 64 * 1024
const HEADER_BYTES = 10
const TRAILER_BYTES = 8
/** Of names and comments in the header. */
const MAX_HEADER_BYTES = 64 * 1024

export interface Member {
  bytes: Buffer
  /** What it takes in the file. */
  lengthBytes: number
}

/** @throws BAD_DATA if it is cut or damaged, TOO_LARGE if it holds more than `maxBytes`. */
export function readMember(source: ByteSource, offset: number, maxBytes: number): Member {
  const left = source.sizeBytes - offset
  for (let window = FIRST_WINDOW_BYTES; ; window *= 4) {
    const packed = source.read(offset, offset + window)
    const start = headerLength(packed)
    const inflated = inflate(packed.subarray(start), offset, maxBytes)
    if (inflated !== undefined && start + inflated.used + TRAILER_BYTES <= packed.length) {
      const at = start + inflated.used
      const isWhole =
        packed.readUInt32LE(at) === crc32(inflated.bytes) && packed.readUInt32LE(at + 4) === inflated.bytes.length
      if (!isWhole) throw damaged(offset, 'does not match its checksum')
      return { bytes: inflated.bytes, lengthBytes: at + TRAILER_BYTES }
    }
    if (window >= left) throw damaged(offset, 'is cut off')
  }
}

/** `undefined` if more input is needed. */
function inflate(packed: Buffer, offset: number, maxBytes: number): { bytes: Buffer; used: number } | undefined {
  try {
    // With `info` it answers its engine too, which knows how much of the input was its own; the types leave that out.
    const { buffer, engine } = inflateRawSync(packed, { info: true, maxOutputLength: maxBytes }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    return { bytes: buffer, used: engine.bytesWritten }
  } catch (cause) {
    if (hasCode(cause, 'Z_BUF_ERROR')) return undefined
    if (hasCode(cause, 'ERR_BUFFER_TOO_LARGE')) {
      throw new AppError('TOO_LARGE', `The record at byte ${offset} is larger than the limit of ${maxBytes} bytes`)
    }
    throw damaged(offset, 'cannot be unpacked', cause)
  }
}

function headerLength(bytes: Buffer): number {
  const flags = bytes[3] ?? 0
  let at = HEADER_BYTES
  if (flags & 4) at += 2 + (bytes.length > at + 1 ? bytes.readUInt16LE(at) : 0)
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue
    const end = bytes.indexOf(0, at)
    at = end === -1 || end - at > MAX_HEADER_BYTES ? bytes.length : end + 1
  }
  return flags & 2 ? at + 2 : at
}

function damaged(offset: number, what: string, cause?: unknown): AppError {
  return new AppError('BAD_DATA', `The gzip member at byte ${offset} ${what}`, { cause })
}
