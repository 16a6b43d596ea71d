import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import type { Jobs } from '../../services/decoders/api.ts'
import { linesField, offsetField, pageSchema, WARC_ERRORS, warcField, withSample, writeLines } from './fields.ts'

/** UTF-16 units of text in one result, and of one page in it. */
const PAGE_LENGTH = 24_000
const MAX_TEXT_LENGTH = 12_000

export const extractTextFromWarc = defineTool({
  name: 'extract_text_from_warc',
  title: 'Read the pages of a WARC',
  askedFor: ['plain text of archived pages', 'read the captured pages', 'content of crawled HTML'],
  description:
    'Reads the text of the web pages in a WARC (a crawl of the web), with their addresses, dates and titles. Long results come in pages. Not for the links between them: use extract_links_from_warc.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'file/read', resource: ({ warc_path }) => `file:${warc_path}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({ warc_path: warcField(), offset: offsetField(), output_path: linesField() }),
  output: pageSchema.extend({
    records: z.array(
      z.object({
        url: z.string(),
        date: z.string(),
        mime: z.string(),
        title: z.string().optional(),
        text: z.string(),
        error: z.string().optional().describe('Why this page could not be read'),
        text_length: z.int().describe('UTF-16 units of the whole text; more than `text` has where it was cut')
      })
    )
  }),
  errors: WARC_ERRORS,
  limits: { timeoutMs: 900_000, resultBytes: 200_000 },
  examples: [
    {
      title: 'The pages of an archive',
      before: withSample,
      input: { warc_path: 'a.warc' },
      output: { records: [{ url: 'https://example.org/a', title: 'Sea', text: 'It rains. next' }], truncated: false }
    },
    { title: 'A file that is no WARC', input: { warc_path: 'people.csv' }, error: 'BAD_DATA' }
  ],
  async run({ warc_path, offset, output_path }, { services: { files, decoders }, signal, progress }) {
    await using file = await files.openRead(warc_path, { signal })
    const items = decoders.decode('warcText', file, { offset }, signal)
    if (output_path !== undefined) {
      const pages = async function* () {
        for await (const { page, next } of items) {
          progress(next, file.sizeBytes, 'bytes')
          if (page) yield page
        }
      }
      const { path, count } = await writeLines(files, output_path, pages(), signal)
      return { records: [], returned: count, truncated: false, size_bytes: file.sizeBytes, output_path: path }
    }
    const records: (NonNullable<Jobs['warcText']['item']['page']> & { text_length: number })[] = []
    let length = 0
    let reached = offset
    let isMore = false
    for await (const { page, next } of items) {
      progress(next, file.sizeBytes, 'bytes')
      const text = page?.text.slice(0, MAX_TEXT_LENGTH) ?? ''
      isMore = page !== undefined && records.length > 0 && length + text.length > PAGE_LENGTH
      if (isMore) break
      reached = next
      if (!page) continue
      length += text.length + page.url.length
      const title = page.title === undefined ? {} : { title: page.title.slice(0, 500) }
      records.push({
        ...page,
        url: page.url.slice(0, 2000),
        date: page.date.slice(0, 40),
        mime: page.mime.slice(0, 100),
        ...title,
        text,
        text_length: page.text.length
      })
    }
    const cut = records.some(({ text, text_length }) => text.length < text_length)
    return {
      records,
      returned: records.length,
      truncated: isMore || cut,
      size_bytes: file.sizeBytes,
      ...(isMore && { next_offset: reached })
    }
  }
})
