import { z } from 'zod'
import { pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { detect, detectionSchema, methodsField, strategyField } from './detection.ts'

export const detectFileType = defineTool({
  name: 'detect_file_type',
  title: 'Find out what a file is',
  askedFor: [
    'what format is this file really',
    'recognize by magic bytes',
    'MIME type from the content',
    'a file without an ending'
  ],
  description:
    'Answers the type of a file (its format, MIME type and usual extension) by its bytes, not by its name, and whether the two agree. Documents in ZIP, and kinds of text such as CSV, HTML or Markdown, are told apart. Not for many files: use batch_detect_file_types.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'file/read', resource: ({ file_path }) => `file:${file_path}` },
  needs: ['files', 'decoders'],
  input: z.strictObject({ file_path: pathField(), methods: methodsField(), strategy: strategyField() }),
  output: detectionSchema,
  errors: ['NOT_FOUND', 'PATH_FORBIDDEN', 'INVALID_INPUT', 'BUSY'],
  limits: { timeoutMs: 60_000, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'By its bytes',
      input: { file_path: 'people.csv' },
      output: { mime_type: 'text/csv', extension: 'csv', method: 'magic', matches_name: true, size_bytes: 61 }
    },
    {
      title: 'A file with the wrong name',
      before: [
        {
          tool: 'save_dataset',
          args: { dataset_data: { data: [{ a: 1 }] }, format: 'parquet', destination: 'table.csv' }
        }
      ],
      input: { file_path: 'table.csv' },
      output: { mime_type: 'application/vnd.apache.parquet', name_says: 'text/csv', matches_name: false }
    }
  ],
  async run({ file_path, ...options }, { services, signal }) {
    await using file = await services.files.openRead(file_path, { signal })
    return await detect(file, file_path, options, { services, signal })
  }
})
