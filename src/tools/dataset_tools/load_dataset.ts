import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { columnField, formatField, sourceOrRecordsField, toVersionResult, versionSchema } from './fields.ts'

export const loadDataset = defineTool({
  name: 'load_dataset',
  title: 'Load a dataset',
  askedFor: [
    'open a CSV, Parquet, JSON or Arrow file as a table',
    'import a spreadsheet export',
    'read data from a link into the server',
    'register a file for analysis',
    'bring rows from a disk or a web address in'
  ],
  description:
    'Loads CSV, TSV, JSON, JSON Lines, Parquet or Arrow from a path, https:// URL, ipfs://CID, the Hugging Face hub (hf://datasets/owner/name[@revision][/path]) or inline records as a new version of a dataset, every row or none. Then query_dataset by its dataset_id. Not for changing a dataset that is here: use process_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'create',
  capability: { ability: 'dataset/create', resource: ({ options }) => `dataset:${options?.dataset_id ?? '*'}` },
  needs: ['datasets'],
  input: z.strictObject({
    source: sourceOrRecordsField(),
    format: formatField().optional().describe('By extension or content by default'),
    options: z
      .strictObject({
        dataset_id: datasetIdField()
          .optional()
          .describe('By the name of the source by default; an id that exists gets a new version'),
        delimiter: z
          .string()
          .regex(/^[\x20-\x7e\t]$/, 'One ASCII character')
          .max(1)
          .optional(),
        header: z.boolean().optional(),
        split: z.string().min(1).max(128).optional().describe('Of a dataset on the hub: train, validation, test'),
        config: z.string().min(1).max(128).optional().describe('Of a dataset on the hub: its subset'),
        null_values: z.array(z.string().max(64)).max(32).optional().describe('Texts in CSV that mean null'),
        column_types: z.record(columnField(), z.string().max(64)).optional().describe('Column of a CSV to type')
      })
      .optional()
  }),
  output: versionSchema,
  errors: [
    'BAD_DATA',
    'NOT_FOUND',
    'PATH_FORBIDDEN',
    'URL_FORBIDDEN',
    'FETCH_FAILED',
    'INVALID_CID',
    'UNSUPPORTED',
    'TOO_LARGE',
    'ALREADY_EXISTS',
    'INVALID_INPUT',
    'STORAGE_FULL'
  ],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'A CSV file',
      input: { source: 'people.csv' },
      output: { dataset_id: 'people', version: 1, num_records: 3 }
    },
    {
      title: 'Inline records under an id of your own',
      input: {
        source: [
          { x: 1, y: 'a' },
          { x: 2, y: null }
        ],
        options: { dataset_id: 'points' }
      },
      output: { dataset_id: 'points', num_records: 2, num_columns: 2 }
    }
  ],
  async run({ source, format, options = {} }, { services, signal }) {
    const version = await services.datasets.load(source, {
      format,
      datasetId: options.dataset_id,
      delimiter: options.delimiter,
      header: options.header,
      nullValues: options.null_values,
      columnTypes: options.column_types,
      split: options.split,
      config: options.config,
      signal
    })
    return toVersionResult(version)
  }
})
