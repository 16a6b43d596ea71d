import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { pathField } from '../../core/fields.ts'
import { type CallContext, defineTool } from '../../core/tool.ts'
import { backendField, extractArchivesField, readPage } from './converted.ts'

const MAX_FILES = 200
/** UTF-16 units of text in one result, shared by its files. */
const SHOWN_LENGTH = 60_000

export const batchConvertFiles = defineTool({
  name: 'batch_convert_files',
  aliases: [{ name: 'batch_convert_tool' }],
  title: 'Read the text of many documents',
  askedFor: [
    'extract text from a folder of documents',
    'turn many Office files into text',
    'process a pile of reports'
  ],
  description:
    'Extracts the plain text of up to 200 documents (Word, Excel, PowerPoint, HTML, e-mail and others); one that cannot be read is answered with its error and stops no other. Each text is cut to its share of 60,000 characters, and total says how long it is. Not for a whole long text or another format: use convert_file.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'read',
  capability: { ability: 'file/read', resource: () => 'file:*' },
  needs: ['files', 'decoders'],
  input: z.strictObject({
    input_paths: z.array(pathField()).min(1).max(MAX_FILES),
    backend: backendField(),
    extract_archives: extractArchivesField(),
    max_concurrent: z.int().min(1).max(16).default(5)
  }),
  output: z.object({
    results: z.array(
      z.object({
        input_path: z.string(),
        mime_type: z.string().optional(),
        title: z.string().optional(),
        text: z.string().optional(),
        total: z.int().optional().describe('UTF-16 units of the whole text'),
        truncated: z.boolean().optional(),
        error: z.string().optional(),
        message: z.string().optional()
      })
    ),
    succeeded: z.int(),
    failed: z.int()
  }),
  errors: ['INVALID_INPUT', 'BUSY'],
  limits: { timeoutMs: 900_000, isIdempotent: true, isRetrySafe: true, resultBytes: 500_000 },
  examples: [
    {
      title: 'Two files, one of which is not there',
      input: { input_paths: ['people.csv', 'none.docx'] },
      output: {
        results: [
          { input_path: 'people.csv', mime_type: 'text/csv', truncated: false },
          { input_path: 'none.docx', error: 'NOT_FOUND' }
        ],
        succeeded: 1,
        failed: 1
      }
    },
    {
      title: 'One after the other',
      input: { input_paths: ['people.csv', 'people.csv'], max_concurrent: 1 },
      output: { succeeded: 2, failed: 0 }
    }
  ],
  async run({ input_paths, extract_archives, max_concurrent }, ctx) {
    const share = Math.floor(SHOWN_LENGTH / input_paths.length)
    const results: Awaited<ReturnType<typeof convertOne>>[] = []
    let done = 0
    const waiting = [...input_paths.entries()].reverse()
    const work = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [index, path] = next
        results[index] = await convertOne(path, extract_archives, share, ctx)
        ctx.progress(++done, input_paths.length, 'files')
      }
    }
    await Promise.all(Array.from({ length: Math.min(max_concurrent, input_paths.length) }, work))
    const failed = results.filter(({ error }) => error !== undefined).length
    return { results, succeeded: results.length - failed, failed }
  }
})

async function convertOne(
  path: string,
  insideArchives: boolean,
  length: number,
  { services, signal }: CallContext<'files' | 'decoders'>
) {
  try {
    await using file = await services.files.openRead(path, { signal })
    const options = { outputFormat: 'text', insideArchives, length } as const
    const { head, text } = await readPage(file, options, { services, signal })
    const { kind, title } = head
    const known = { mime_type: kind.mimeType, ...(title !== undefined && { title: title.slice(0, 300) }) }
    return { input_path: path, ...known, text, total: head.length, truncated: text.length < head.length }
  } catch (error) {
    if (!(error instanceof AppError) || signal.aborted) throw error
    return { input_path: path, error: error.code, message: error.message.slice(0, 500) }
  }
}
