/** Records to write. Each is a gzip member of its own, so that an index can point at it. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { warcDigest } from './digest.ts'

export interface NewRecord {
  type: 'warcinfo' | 'response'
  contentType: string
  block: Buffer
  /** The part of the block that was asked for. */
  payload?: Buffer
  url?: string
}

export interface WrittenRecord {
  id: string
  bytes: Buffer
}

/** @param date in ISO 8601. The id is named after what the record holds, so that the same record has the same one. */
export function toRecord(
  { type, contentType, block, payload, url }: NewRecord,
  date: string,
  isPacked: boolean
): WrittenRecord {
  const digest = warcDigest(block)
  const id = `<urn:uuid:${nameBasedUuid(`${type} ${date} ${url ?? ''} ${digest}`)}>`
  const headers = [
    ['WARC-Type', type],
    ['WARC-Record-ID', id],
    ['WARC-Date', date],
    ...(url === undefined ? [] : [['WARC-Target-URI', url]]),
    ['WARC-Block-Digest', digest],
    ...(payload === undefined ? [] : [['WARC-Payload-Digest', warcDigest(payload)]]),
    ['Content-Type', contentType],
    ['Content-Length', String(block.length)]
  ]
  const head = `WARC/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
  const bytes = Buffer.concat([Buffer.from(head), block, Buffer.from('\r\n\r\n')])
  return { id, bytes: isPacked ? gzipSync(bytes) : bytes }
}

/** Version 8 (RFC 9562): the bits of a hash. */
function nameBasedUuid(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
