/** Records of a WARC (ISO 28500, 1.0 and 1.1), plain or with a gzip member for each, with their digests checked. */
import { AppError } from '../../core/errors.ts'
import type { ByteSource } from '../byte-source.ts'
import { matchesDigest } from './digest.ts'
import { readMember } from './gzip-member.ts'
import { type HeaderList, headerOf, parseHeaderLines } from './headers.ts'
import { bodyOf, splitHttp } from './http-message.ts'

const MAX_HEAD_BYTES = 64 * 1024
/** A record is held in memory while it is looked at. */
const MAX_RECORD_BYTES = 256 * 1024 ** 2

export interface WarcRecord {
  /** Where it begins in the file, and what it takes there. */
  offset: number
  lengthBytes: number
  version: string
  headers: HeaderList
  type: string
  id: string
  block: Buffer
  /** Digests that were there and fit. */
  verified: number
}

/** The records from an offset on. @throws BAD_DATA for a record that is malformed, cut, or has a wrong digest: it is named. */
export function* readWarc(source: ByteSource, start = 0): Generator<WarcRecord> {
  for (let offset = start; offset < source.sizeBytes; ) {
    const record = readRecord(source, offset)
    offset += record.lengthBytes
    yield record
  }
}

export function readRecord(source: ByteSource, offset: number): WarcRecord {
  const start = source.read(offset, offset + 2)
  const isPacked = start.length === 2 && start.readUInt16BE(0) === 0x1f8b
  const found = isPacked ? packedRecord(source, offset) : plainRecord(source, offset)
  const record = {
    ...found,
    offset,
    type: headerOf(found.headers, 'warc-type') ?? '',
    id: headerOf(found.headers, 'warc-record-id') ?? ''
  }
  if (record.type === '') throw damaged(offset, 'has no WARC-Type')
  return { ...record, verified: checkDigests(record) }
}

type Found = Pick<WarcRecord, 'version' | 'headers' | 'block' | 'lengthBytes'>

function packedRecord(source: ByteSource, offset: number): Found {
  const { bytes, lengthBytes } = readMember(source, offset, MAX_RECORD_BYTES)
  const { headers, version, headBytes, blockBytes } = readHead(bytes, offset)
  const end = headBytes + blockBytes
  if (end > bytes.length) throw damaged(offset, `has ${bytes.length - headBytes} bytes instead of ${blockBytes}`)
  if (!isLineEnds(bytes.subarray(end))) {
    throw damaged(
      offset,
      'shares its gzip member with others; compress each record by itself (warcio recompress does that)'
    )
  }
  return { version, headers, block: bytes.subarray(headBytes, end), lengthBytes }
}

function plainRecord(source: ByteSource, offset: number): Found {
  const { headers, version, headBytes, blockBytes } = readHead(source.read(offset, offset + MAX_HEAD_BYTES), offset)
  if (blockBytes > MAX_RECORD_BYTES) {
    throw new AppError(
      'TOO_LARGE',
      `The record at byte ${offset} is larger than the limit of ${MAX_RECORD_BYTES} bytes`
    )
  }
  const start = offset + headBytes
  const block = source.read(start, start + blockBytes)
  if (block.length < blockBytes) throw damaged(offset, `is cut off: ${block.length} of ${blockBytes} bytes are there`)
  const after = source.read(start + blockBytes, start + blockBytes + 4)
  if (!isLineEnds(after)) throw damaged(offset, 'does not end where its Content-Length says')
  return { version, headers, block, lengthBytes: headBytes + blockBytes + after.length }
}

function readHead(bytes: Buffer, offset: number) {
  const end = bytes.subarray(0, MAX_HEAD_BYTES).indexOf('\r\n\r\n')
  const [first = '', ...lines] = end === -1 ? [] : bytes.toString('utf8', 0, end).split('\r\n')
  const version = /^WARC\/(1\.[01])$/.exec(first)?.[1]
  if (version === undefined) throw damaged(offset, 'does not begin with WARC/1.0 or WARC/1.1 and its headers')
  const headers = parseHeaderLines(lines)
  const length = headerOf(headers, 'content-length') ?? ''
  if (!/^\d{1,15}$/.test(length)) throw damaged(offset, 'has no Content-Length')
  return { version, headers, headBytes: end + 4, blockBytes: Number(length) }
}

function checkDigests({
  headers,
  block,
  type,
  id,
  offset
}: Omit<WarcRecord, 'verified' | 'version' | 'lengthBytes'>): number {
  const [ofBlock, ofPayload] = [headerOf(headers, 'warc-block-digest'), headerOf(headers, 'warc-payload-digest')]
  let verified = 0
  const check = (name: string, digest: string, candidates: readonly Uint8Array[]) => {
    const answers = candidates.map(bytes => matchesDigest(digest, bytes))
    if (answers.includes(true)) verified++
    else if (answers.includes(false)) {
      throw new AppError(
        'BAD_DATA',
        `The record ${id} at byte ${offset} does not match its ${name} ${digest}: it was changed or damaged`,
        {
          details: { record_id: id, offset, digest }
        }
      )
    }
  }
  if (ofBlock !== undefined) check('WARC-Block-Digest', ofBlock, [block])
  // A revisit names the payload of another record.
  if (ofPayload !== undefined && type !== 'revisit') check('WARC-Payload-Digest', ofPayload, payloadsOf(headers, block))
  return verified
}

/** Crawlers disagree on whether the digest is that of the body as sent or without its transfer encoding. */
function payloadsOf(headers: HeaderList, block: Buffer): Buffer[] {
  if (!/^application\/http\b/.test(headerOf(headers, 'content-type') ?? '')) return [block]
  const message = splitHttp(block)
  if (!message) return [block]
  return [message.body, bodyOf(message, { decodes: false })]
}

const isLineEnds = (bytes: Buffer) => bytes.every(byte => byte === 13 || byte === 10)

function damaged(offset: number, what: string): AppError {
  return new AppError('BAD_DATA', `The record at byte ${offset} of the WARC ${what}`, { details: { offset } })
}
