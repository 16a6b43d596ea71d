import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { linesField, offsetField, pageSchema, WARC_ERRORS, warcField, withSample, writeLines } from './fields.ts'

const MAX_LINKS = 400

export const extractLinksFromWarc = defineTool({
  name: 'extract_links_from_warc',
  title: 'List the links of a WARC',
  askedFor: [
    'outgoing hyperlinks of archived pages',
    'link graph of a crawl',
    'which addresses do captured pages point to'
  ],
  description:
    'Lists the links (hyperlinks) between the pages of a WARC (a crawl of the web): from which page, to which address, with which words. Long results come in pages. Not for what the pages say: use extract_text_from_warc.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'file/read', resource: ({ warc_path }) => `file:${warc_path}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({ warc_path: warcField(), offset: offsetField(), output_path: linesField() }),
  output: pageSchema.extend({
    links: z.array(z.object({ source_url: z.string(), target_url: z.string(), text: z.string() })),
    unread_pages: z.int().describe('Pages that could not be read'),
    left_out: z.int().describe('Links of a single page beyond the first 400; output_path has them')
  }),
  errors: WARC_ERRORS,
  limits: { timeoutMs: 900_000, resultBytes: 400_000 },
  examples: [
    {
      title: 'Who links to whom',
      before: withSample,
      input: { warc_path: 'a.warc' },
      output: { links: [{ source_url: 'https://example.org/a', target_url: 'https://example.org/b', text: 'next' }] }
    },
    { title: 'A file that is not there', input: { warc_path: 'none.warc' }, error: 'NOT_FOUND' }
  ],
  async run({ warc_path, offset, output_path }, { services: { files, decoders }, signal, progress }) {
    await using file = await files.openRead(warc_path, { signal })
    const items = decoders.decode('warcLinks', file, { offset }, signal)
    const size_bytes = file.sizeBytes
    let unread = 0
    if (output_path !== undefined) {
      const all = async function* () {
        for await (const { url, links, next, error } of items) {
          if (error !== undefined) unread++
          progress(next, size_bytes, 'bytes')
          for (const link of links) yield { source_url: url, target_url: link.url, text: link.text }
        }
      }
      const { path, count } = await writeLines(files, output_path, all(), signal)
      return {
        links: [],
        unread_pages: unread,
        left_out: 0,
        returned: count,
        truncated: false,
        size_bytes,
        output_path: path
      }
    }
    const shown: { source_url: string; target_url: string; text: string }[] = []
    let reached = offset
    let leftOut = 0
    let isMore = false
    for await (const { url, links, next, error } of items) {
      progress(next, size_bytes, 'bytes')
      isMore = shown.length > 0 && shown.length + links.length > MAX_LINKS
      if (isMore) break
      reached = next
      if (error !== undefined) unread++
      leftOut += Math.max(0, links.length - MAX_LINKS)
      for (const link of links.slice(0, MAX_LINKS)) {
        shown.push({ source_url: url.slice(0, 400), target_url: link.url.slice(0, 400), text: link.text.slice(0, 100) })
      }
    }
    const truncated = isMore || leftOut > 0
    return {
      links: shown,
      unread_pages: unread,
      left_out: leftOut,
      returned: shown.length,
      truncated,
      size_bytes,
      ...(isMore && { next_offset: reached })
    }
  }
})
