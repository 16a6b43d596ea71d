import { z } from 'zod'
import { datasetIdField, pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { columnSchema, formatField, recordsField, shownSchema, versionField } from './fields.ts'

export const saveDataset = defineTool({
  name: 'save_dataset',
  title: 'Save a dataset to a file',
  askedFor: [
    'write the table to disk',
    'export rows to CSV, Parquet or JSON lines',
    'give me the data as a file',
    'download the result',
    'store the cleaned table in my folder'
  ],
  description:
    'Writes a dataset, or inline records, to a file in CSV, TSV, JSON, JSON Lines, Parquet or Arrow, whole or not at all. An existing file is kept unless options.overwrite is true. Not for a copy with a CID and lineage: use publish_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'replace',
  capability: { ability: 'file/write', resource: ({ destination }) => `file:${destination}` },
  needs: ['datasets'],
  input: z.strictObject({
    dataset_data: z
      .union([datasetIdField(), z.strictObject({ data: recordsField() })])
      .describe('A dataset id, or {"data": [records]}'),
    destination: pathField(),
    format: formatField().optional().describe('By the extension of the destination by default'),
    options: z.strictObject({ overwrite: z.boolean().default(false), version: versionField() }).optional()
  }),
  output: z.object({
    output_path: z.string(),
    format: formatField(),
    size_bytes: z.int(),
    num_records: z.int(),
    schema: z.array(columnSchema)
  }),
  errors: ['NOT_FOUND', 'ALREADY_EXISTS', 'PATH_FORBIDDEN', 'UNSUPPORTED', 'INVALID_INPUT', 'STORAGE_FULL'],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'As Parquet',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_data: 'people', destination: 'people.parquet' },
      output: { format: 'parquet', num_records: 3 }
    },
    {
      title: 'Inline records as CSV',
      input: { dataset_data: { data: [{ a: 1 }, { a: 2 }] }, destination: 'a.csv' },
      output: { format: 'csv', num_records: 2, size_bytes: 6 }
    }
  ],
  async run({ dataset_data, destination, format, options }, { services, signal }) {
    const source = typeof dataset_data === 'string' ? dataset_data : dataset_data.data
    const saved = await services.datasets.save(source, destination, { format, ...options, signal })
    return {
      output_path: saved.path,
      format: saved.format,
      size_bytes: saved.sizeBytes,
      num_records: saved.numRecords,
      schema: shownSchema(saved.schema)
    }
  }
})
