import { z } from 'zod'
import { datasetIdField, pathField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { formatField, versionField } from './fields.ts'

export const convertDatasetFormat = defineTool({
  name: 'convert_dataset_format',
  title: 'Convert a dataset to another format',
  askedFor: [
    'turn a loaded table into Parquet',
    'change CSV to JSON',
    'the same rows in another file type',
    'make an Arrow file of it'
  ],
  description:
    'Writes a dataset in another format to a file, by default <dataset_id>.<format> in the working directory. Not for inline records: use save_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'replace',
  capability: { ability: 'file/write', resource: ({ output_path, dataset_id }) => `file:${output_path ?? dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({
    dataset_id: datasetIdField(),
    target_format: formatField().default('parquet'),
    output_path: pathField().optional(),
    options: z.strictObject({ overwrite: z.boolean().default(false), version: versionField() }).optional()
  }),
  output: z.object({
    dataset_id: z.string(),
    format: formatField(),
    output_path: z.string(),
    size_bytes: z.int(),
    num_records: z.int()
  }),
  errors: ['NOT_FOUND', 'ALREADY_EXISTS', 'PATH_FORBIDDEN', 'STORAGE_FULL'],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'CSV to Parquet',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', target_format: 'parquet' },
      output: { dataset_id: 'people', format: 'parquet', num_records: 3 }
    },
    {
      title: 'To JSON Lines under a name of your own',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', target_format: 'jsonl', output_path: 'everyone.jsonl' },
      output: { format: 'jsonl', num_records: 3 }
    }
  ],
  async run({ dataset_id, target_format, output_path, options }, { services, signal }) {
    const saved = await services.datasets.save(dataset_id, output_path, { format: target_format, ...options, signal })
    return {
      dataset_id,
      format: saved.format,
      output_path: saved.path,
      size_bytes: saved.sizeBytes,
      num_records: saved.numRecords
    }
  }
})
