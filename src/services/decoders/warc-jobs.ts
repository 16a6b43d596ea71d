/** Views of a web archive. Each begins at the record at `offset` and says with every record where the next one begins. */
import { AppError } from '../../core/errors.ts'
import type { ByteSource } from '../../domain/byte-source.ts'
import { captureOf, linksOf, textOf } from '../../domain/warc/captures.ts'
import { type CdxjEntry, timestampOf, urlKey } from '../../domain/warc/cdxj.ts'
import { headerOf, parseHeaderLines } from '../../domain/warc/headers.ts'
import { splitHttp } from '../../domain/warc/http-message.ts'
import { readWarc, type WarcRecord } from '../../domain/warc/reader.ts'

interface From {
  offset: number
}
interface Next {
  next: number
}

export interface WarcTextJob {
  options: From
  item: Next & { page?: { url: string; date: string; mime: string; title?: string; text: string; error?: string } }
}
export interface WarcLinksJob {
  options: From
  item: Next & { url: string; links: { url: string; text: string }[]; error?: string }
}
export interface WarcMetadataJob {
  options: From
  item: Next & { record: RecordSummary }
}
export interface WarcIndexJob {
  options: { filename: string }
  item: Next & { entry?: CdxjEntry }
}

export interface RecordSummary {
  record_id: string
  type: string
  date: string
  url?: string
  content_type?: string
  http_status?: number
  payload_digest?: string
  verified_digests: number
  offset: number
  length_bytes: number
  /** What a warcinfo record says of the archive. */
  info?: Record<string, string>
}

const nextOf = ({ offset, lengthBytes }: WarcRecord) => offset + lengthBytes

export async function* warcTextJob(source: ByteSource, { offset }: From): AsyncGenerator<WarcTextJob['item']> {
  for (const record of readWarc(source, offset)) {
    const next = nextOf(record)
    const capture = captureOf(record)
    const { value: found, error } = capture ? attempt(() => textOf(capture)) : {}
    if (!capture || (!found && error === undefined)) yield { next }
    else {
      const { url, date, mime } = capture
      const title = found?.title === undefined ? {} : { title: found.title }
      yield {
        next,
        page: { url, date, mime, ...title, text: found?.text ?? '', ...(error !== undefined && { error }) }
      }
    }
  }
}

export async function* warcLinksJob(source: ByteSource, { offset }: From): AsyncGenerator<WarcLinksJob['item']> {
  for (const record of readWarc(source, offset)) {
    const capture = captureOf(record)
    const { value: links = [], error } = capture ? attempt(() => linksOf(capture)) : {}
    yield { next: nextOf(record), url: capture?.url ?? '', links, ...(error !== undefined && { error }) }
  }
}

/** One page that cannot be read must not hide the others. */
function attempt<T>(read: () => T): { value?: T; error?: string } {
  try {
    return { value: read() }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { error: error.message.slice(0, 300) }
  }
}

export async function* warcMetadataJob(source: ByteSource, { offset }: From): AsyncGenerator<WarcMetadataJob['item']> {
  for (const record of readWarc(source, offset)) yield { next: nextOf(record), record: summaryOf(record) }
}

export async function* warcIndexJob(
  source: ByteSource,
  { filename }: WarcIndexJob['options']
): AsyncGenerator<WarcIndexJob['item']> {
  for (const record of readWarc(source)) {
    const capture = captureOf(record)
    if (!capture) yield { next: nextOf(record) }
    else {
      const digest = headerOf(record.headers, 'warc-payload-digest')
      const entry: CdxjEntry = {
        urlkey: urlKey(capture.url),
        timestamp: timestampOf(capture.date),
        url: capture.url,
        mime: capture.mime || 'unk',
        ...(capture.status !== undefined && { status: String(capture.status) }),
        ...(digest !== undefined && { digest }),
        length: String(record.lengthBytes),
        offset: String(record.offset),
        filename
      }
      yield { next: nextOf(record), entry }
    }
  }
}

function summaryOf({ id, type, headers, block, verified, offset, lengthBytes }: WarcRecord): RecordSummary {
  const texts = {
    url: headerOf(headers, 'warc-target-uri'),
    content_type: headerOf(headers, 'content-type'),
    payload_digest: headerOf(headers, 'warc-payload-digest')
  }
  const known = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined))
  const status = type === 'response' ? splitHttp(block)?.status : undefined
  const info =
    type === 'warcinfo' ? Object.fromEntries(parseHeaderLines(block.toString().split(/\r?\n/).slice(0, 50))) : undefined
  return {
    record_id: id,
    type,
    date: headerOf(headers, 'warc-date') ?? '',
    ...known,
    ...(status !== undefined && { http_status: status }),
    verified_digests: verified,
    offset,
    length_bytes: lengthBytes,
    ...(info && { info })
  }
}
