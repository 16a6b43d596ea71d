import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { readText, TARGET_FORMATS, TEXT_FORMATS, writeText } from '../../domain/tabular/records-text.ts'
import { textOrValueField } from './fields.ts'

/** UTF-16 units of text in one result. */
const PAGE_LENGTH = 60_000

export const convertFormat = defineTool({
  name: 'convert_format',
  title: 'Convert pasted data to another format',
  askedFor: ['YAML into JSON', 'change the notation of a snippet', 'serialize a list in another way'],
  description:
    'Converts data that is given in the call between JSON, JSON Lines, CSV, TSV and YAML, or to a Markdown table. Values of CSV become numbers or booleans only where nothing is lost. Long results come in pages: go on at next_offset. Not for datasets and files: use convert_dataset_format.',
  runtime: 'worker',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'data/read', resource: () => 'data' },
  needs: [],
  input: z.strictObject({
    data: textOrValueField(),
    source_format: z.enum(TEXT_FORMATS).describe('Of a text; JSON given as such is taken as it is'),
    target_format: z.enum(TARGET_FORMATS),
    options: z
      .strictObject({
        delimiter: z
          .string()
          .length(1)
          .regex(/[,;|\t ]/)
          .optional()
          .describe('Of CSV; found out by default'),
        header: z.boolean().optional().describe('Whether CSV begins with names; found out by default'),
        infer_types: z.boolean().default(true),
        indent: z.int().min(0).max(8).optional()
      })
      .optional(),
    offset: z.int().min(0).max(100_000_000).default(0).describe('next_offset of the page before')
  }),
  output: z.object({
    data: z.string().describe('The converted text, or a page of it'),
    source_format: z.string(),
    target_format: z.string(),
    returned: z.int(),
    total: z.int().describe('UTF-16 units of the whole text'),
    truncated: z.boolean(),
    next_offset: z.int().optional()
  }),
  errors: ['INVALID_INPUT', 'BAD_DATA', 'TOO_LARGE'],
  limits: { timeoutMs: 60_000, isIdempotent: true, isRetrySafe: true, resultBytes: 6 * PAGE_LENGTH },
  examples: [
    {
      title: 'CSV to JSON',
      input: { data: 'name,age\nAda,36\n', source_format: 'csv', target_format: 'json' },
      output: { data: '[{"name":"Ada","age":36}]', truncated: false }
    },
    {
      title: 'Records to a Markdown table',
      input: { data: [{ a: 1, b: 'x' }], source_format: 'json', target_format: 'markdown' },
      output: { data: '| a | b |\n| --- | --- |\n| 1 | x |\n' }
    },
    {
      title: 'A record with too few fields',
      input: { data: 'a,b\n1\n', source_format: 'csv', target_format: 'json' },
      error: 'BAD_DATA'
    }
  ],
  async run({ data, source_format, target_format, options = { infer_types: true }, offset }) {
    const { infer_types: inferTypes, ...more } = options
    const value = typeof data === 'string' ? await readText(data, source_format, { ...more, inferTypes }) : data
    const text = await writeText(value, target_format, { indent: more.indent })
    const page = text.slice(offset, offset + PAGE_LENGTH)
    const next = offset + page.length
    return {
      data: page,
      source_format,
      target_format,
      returned: page.length,
      total: text.length,
      truncated: page.length < text.length,
      ...(next < text.length && { next_offset: next })
    }
  }
})
