import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField, urlField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { toRecord } from '../../domain/warc/writer.ts'
import type { FetchedBody } from '../../services/fetcher/api.ts'

const INFO = 'software: ipfs-datasets-mcp\r\nformat: WARC File Format 1.1\r\n'
/** What spoke of the body as it was sent; it is kept without its encodings. */
const OF_TRANSFER = new Set(['content-encoding', 'transfer-encoding', 'content-length', 'connection', 'keep-alive'])

export const createWarc = defineTool({
  name: 'create_warc',
  title: 'Keep a page of the web as a WARC',
  askedFor: [
    'archive a web page',
    'capture a site for preservation',
    'record an address with its headers',
    'keep a snapshot of a URL'
  ],
  description:
    'Fetches a public https:// URL and keeps the answer, headers and body, in a new WARC file with digests; one page, without what it links to. Not for the bytes alone: use download_url_tool.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'url/fetch', resource: ({ url }) => url },
  needs: ['files', 'fetcher'],
  input: z.strictObject({
    url: urlField(),
    output_path: pathField()
      .optional()
      .describe('A new file; by default <host>-<time>.warc.gz in the working directory'),
    options: z
      .strictObject({
        gzip: z.boolean().default(true).describe('Each record compressed by itself'),
        max_size_mb: z.int().min(1).max(200).default(50),
        timeout: z.int().min(1).max(600).default(60).describe('Seconds')
      })
      .prefault({})
  }),
  output: z.object({
    output_path: z.string(),
    url: z.string().describe('After redirects'),
    http_status: z.int(),
    content_type: z.string().nullable(),
    records: z.int(),
    size_bytes: z.int(),
    record_id: z.string().describe('Of the response')
  }),
  errors: [
    'URL_FORBIDDEN',
    'FETCH_FAILED',
    'DEADLINE_EXCEEDED',
    'TOO_LARGE',
    'UNSUPPORTED',
    'PATH_FORBIDDEN',
    'ALREADY_EXISTS',
    'NOT_FOUND',
    'INVALID_INPUT',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 660_000 },
  examples: [
    { title: 'Addresses of this machine are refused', input: { url: 'https://127.0.0.1/' }, error: 'URL_FORBIDDEN' },
    {
      title: 'So is what is not encrypted, unless allowed',
      input: { url: 'http://example.org/' },
      error: 'URL_FORBIDDEN'
    }
  ],
  async run({ url, output_path, options }, { services: { files, fetcher }, signal, clock, progress }) {
    const limits = { signal, timeoutMs: options.timeout * 1000, maxBytes: options.max_size_mb * 1024 ** 2 }
    const date = new Date(clock.now()).toISOString()
    await using answer = await fetcher.get(url, limits)
    await using output = await files.create(output_path ?? nameFor(answer.url, date, options.gzip), { signal })
    const parts: Uint8Array[] = []
    let done = 0
    for await (const part of answer.bytes) {
      parts.push(part)
      done += part.length
      progress(done, undefined, 'bytes')
    }
    const payload = Buffer.concat(parts)
    const block = Buffer.concat([Buffer.from(headOf(answer, payload.length), 'latin1'), payload])
    const info = { type: 'warcinfo', contentType: 'application/warc-fields', block: Buffer.from(INFO) } as const
    const response = {
      type: 'response',
      contentType: 'application/http; msgtype=response',
      block,
      payload,
      url: answer.url
    } as const
    const kept = toRecord(response, date, options.gzip)
    await output.write([toRecord(info, date, options.gzip).bytes, kept.bytes])
    const { path, sizeBytes } = await output.commit()
    const { url: finalUrl, status, contentType } = answer
    const shown = { output_path: path, url: finalUrl, http_status: status, content_type: contentType ?? null }
    return { ...shown, records: 2, size_bytes: sizeBytes, record_id: kept.id }
  }
})

function headOf({ status, headers }: FetchedBody, bodyBytes: number): string {
  const lines = headers.map(([name, value]) => `${OF_TRANSFER.has(name) ? 'x-archived-' : ''}${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} \r\n${lines.join('')}content-length: ${bodyBytes}\r\n\r\n`
}

function nameFor(url: string, date: string, isPacked: boolean): string {
  const host = new URL(url).hostname.replace(/[^\w.-]+/g, '_')
  if (host === '') throw new AppError('INVALID_INPUT', 'The URL has no host to name the file after; give output_path')
  return `${host}-${date.replace(/\D/g, '').slice(0, 14)}.warc${isPacked ? '.gz' : ''}`
}
