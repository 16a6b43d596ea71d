import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { headSchema, readPage, shownHead } from './converted.ts'

export const getFileInfo = defineTool({
  name: 'get_file_info',
  aliases: [{ name: 'file_info_tool' }],
  title: 'Look at a file before reading it',
  askedFor: ['size, type and dates of a file', 'can this document be read here', 'facts about a file before opening'],
  description:
    'Answers what a file is, its size and checksum (SHA-256), and, if it can be read as a document, its title, author and other metadata, tables and length of text. Not for its text: use convert_file.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'file/read', resource: ({ input_path }) => `file:${input_path}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({ input_path: pathField() }),
  output: headSchema.partial().extend({
    path: z.string(),
    size_bytes: z.int(),
    sha256: z.string(),
    mime_type: z.string(),
    extension: z.string().describe('As such files usually have it'),
    is_convertible: z.boolean(),
    reason: z.string().optional().describe('Why it cannot be converted'),
    text_length: z.int().optional().describe('UTF-16 units')
  }),
  errors: ['NOT_FOUND', 'PATH_FORBIDDEN', 'INVALID_INPUT', 'BUSY'],
  limits: { timeoutMs: 300_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A table',
      input: { input_path: 'people.csv' },
      output: { mime_type: 'text/csv', size_bytes: 61, is_convertible: true, num_tables: 1 }
    },
    {
      title: 'A file that is no document',
      before: [{ tool: 'save_dataset', args: { dataset_data: { data: [{ a: 1 }] }, destination: 'a.parquet' } }],
      input: { input_path: 'a.parquet' },
      output: { mime_type: 'application/vnd.apache.parquet', extension: 'parquet', is_convertible: false }
    }
  ],
  async run({ input_path }, { services, signal }) {
    await using file = await services.files.openRead(input_path, { signal })
    const { mimeType, extension, sha256 } = await services.decoders.decodeOne('digest', file, {}, signal)
    const known = { path: file.path, size_bytes: file.sizeBytes, sha256, mime_type: mimeType, extension }
    try {
      const options = { outputFormat: 'text', insideArchives: false, length: 0 } as const
      const { head } = await readPage(file, options, { services, signal })
      return { ...known, ...shownHead(head), is_convertible: true, text_length: head.length }
    } catch (error) {
      const isAnswer = error instanceof AppError && ['UNSUPPORTED', 'BAD_DATA', 'TOO_LARGE'].includes(error.code)
      if (!isAnswer || signal.aborted) throw error
      return { ...known, is_convertible: false, reason: error.message }
    }
  }
})
