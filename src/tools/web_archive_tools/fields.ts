/** Parts of schemas that the tools of web archives share. */
import { z } from 'zod'
import type { ErrorCode } from '../../core/errors.ts'
import { pathField } from '../../core/fields.ts'
import type { Files } from '../../services/files/api.ts'

export const warcField = () => pathField().describe('A .warc or .warc.gz file')
export const offsetField = () =>
  z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('next_offset of the page before: where a record begins')
export const linesField = () => pathField().optional().describe('A new file for all of them as JSON Lines')

/** How far a page got in the file. */
export const pageSchema = z.object({
  returned: z.int(),
  truncated: z.boolean(),
  next_offset: z.int().optional(),
  size_bytes: z.int().describe('Of the WARC; next_offset is a place in it'),
  output_path: z.string().optional()
})

export const WARC_ERRORS: ErrorCode[] = [
  'NOT_FOUND',
  'PATH_FORBIDDEN',
  'INVALID_INPUT',
  'BAD_DATA',
  'TOO_LARGE',
  'ALREADY_EXISTS',
  'BUSY',
  'STORAGE_FULL'
]

/** A WARC with one page, in a file as the examples of the other tools want it. */
const RESPONSE =
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Sea</title><p>It rains. <a href="/b">next</a>'
export const SAMPLE_WARC = `WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000001>\r\nWARC-Date: 2024-01-02T03:04:05Z\r\nWARC-Target-URI: https://example.org/a\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${RESPONSE.length}\r\n\r\n${RESPONSE}\r\n\r\n`
export const withSample = [
  { tool: 'pin_to_ipfs', args: { content_source: SAMPLE_WARC } },
  { tool: 'get_from_ipfs', args: { cid: '<cid>', output_path: 'a.warc' } }
]

/** Writes values one a line, whole or not at all; answers the path. */
export async function writeLines(
  files: Files,
  path: string,
  values: AsyncIterable<unknown>,
  signal: AbortSignal
): Promise<{ path: string; count: number }> {
  await using output = await files.create(path, { signal })
  let count = 0
  for await (const value of values) {
    signal.throwIfAborted()
    await output.write(Buffer.from(`${JSON.stringify(value)}\n`))
    count++
  }
  return { path: (await output.commit()).path, count }
}
