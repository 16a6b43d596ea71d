import { z } from 'zod'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import {
  backendField,
  extractArchivesField,
  headSchema,
  outputFormatField,
  PAGE_LENGTH,
  readDocument,
  readPage,
  shownHead
} from './converted.ts'

export const convertFile = defineTool({
  name: 'convert_file',
  aliases: [{ name: 'convert_file_tool' }],
  title: 'Read the text and tables of a document',
  askedFor: [
    'text out of a Word document',
    'read a PowerPoint, Excel, EPUB, RTF or e-mail',
    'HTML to plain text or Markdown',
    'tables of a spreadsheet',
    'extract what is written in a document'
  ],
  description:
    'Extracts the text of HTML pages, Markdown, Word (DOCX), Excel (XLSX), PowerPoint (PPTX), EPUB books, RTF, e-mail and other texts into plain text, Markdown or JSON blocks with tables, whatever the file is called. Long texts come in pages. Not for rows to query: use load_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'file/read', resource: ({ input_path }) => `file:${input_path}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({
    input_path: pathField(),
    backend: backendField(),
    extract_archives: extractArchivesField(),
    output_format: outputFormatField(),
    output_path: pathField().optional().describe('A new file for the whole text'),
    offset: z.int().min(0).max(1_000_000_000).default(0).describe('next_offset of the page before')
  }),
  output: headSchema.extend({
    text: z.string().optional(),
    output_path: z.string().optional(),
    returned: z.int().describe('UTF-16 units in text, or written'),
    total: z.int().describe('UTF-16 units of the whole text'),
    truncated: z.boolean(),
    next_offset: z.int().optional()
  }),
  errors: [
    'NOT_FOUND',
    'PATH_FORBIDDEN',
    'INVALID_INPUT',
    'UNSUPPORTED',
    'BAD_DATA',
    'TOO_LARGE',
    'ALREADY_EXISTS',
    'BUSY',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 300_000, resultBytes: 200_000 },
  examples: [
    {
      title: 'A table as Markdown',
      input: { input_path: 'people.csv', output_format: 'markdown' },
      output: {
        mime_type: 'text/csv',
        text: '| name | city | age |\n| --- | --- | --- |\n| Ada | London | 36 |\n| Grace | New York | 85 |\n| Alan | London | 41 |',
        tables: [{ rows: 4, columns: 3 }]
      }
    },
    {
      title: 'The text of a page',
      before: [
        {
          tool: 'pin_to_ipfs',
          args: { content_source: '<html><title>Hi</title><h1>Hello</h1><p>It <b>rains</b>.</html>' }
        },
        { tool: 'get_from_ipfs', args: { cid: '<cid>', output_path: 'page.txt' } }
      ],
      input: { input_path: 'page.txt' },
      output: { mime_type: 'text/html', title: 'Hi', text: 'Hello\n\nIt rains.', truncated: false }
    }
  ],
  async run({ input_path, extract_archives, output_format, output_path, offset }, { services, signal }) {
    await using file = await services.files.openRead(input_path, { signal })
    const options = { outputFormat: output_format, insideArchives: extract_archives }
    if (output_path !== undefined) {
      await using output = await services.files.create(output_path, { signal })
      const head = await readDocument(file, options, { services, signal }, part => output.write(Buffer.from(part)))
      const { path } = await output.commit()
      return { ...shownHead(head), output_path: path, returned: head.length, total: head.length, truncated: false }
    }
    const { head, text } = await readPage(file, { ...options, offset, length: PAGE_LENGTH }, { services, signal })
    const next = offset + text.length
    const isMore = next < head.length
    const counts = { returned: text.length, total: head.length, truncated: text.length < head.length }
    return { ...shownHead(head), text, ...counts, ...(isMore && { next_offset: next }) }
  }
})
