import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { columnSchema, MAX_SHOWN_COLUMNS, toVersionResult, versionField, versionSchema } from './fields.ts'

export const describeDataset = defineTool({
  name: 'describe_dataset',
  title: 'Describe a dataset',
  askedFor: [
    'what columns and types are in there',
    'summary statistics',
    'minimum, maximum, mean and nulls of each column',
    'data dictionary',
    'profile a table',
    'how many rows are there'
  ],
  description:
    'Tells rows, schema and, for each column, nulls, approximate number of distinct values, extremes, mean and standard deviation. Not for the rows: use query_dataset.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ dataset_id }) => `dataset:${dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({ dataset_id: datasetIdField(), version: versionField() }),
  output: versionSchema.omit({ schema: true }).extend({
    versions: z.int(),
    created_at: z.string(),
    schema: z.array(
      columnSchema.extend({
        nulls: z.int(),
        approx_distinct: z.int(),
        min: z.unknown(),
        max: z.unknown(),
        mean: z.number().nullable(),
        stddev: z.number().nullable()
      })
    ),
    truncated: z.boolean().describe(`Whether there are more than ${MAX_SHOWN_COLUMNS} columns`)
  }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Figures of each column',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people' },
      output: { dataset_id: 'people', num_records: 3, num_columns: 3, versions: 1 }
    },
    {
      title: 'An earlier version',
      before: [
        { tool: 'load_dataset', args: { source: 'people.csv' } },
        { tool: 'load_dataset', args: { source: [{ name: 'Ada' }], options: { dataset_id: 'people' } } }
      ],
      input: { dataset_id: 'people', version: 1 },
      output: { version: 1, num_records: 3, versions: 2 }
    }
  ],
  async run({ dataset_id, version }, { services, signal }) {
    const found = await services.datasets.describe(dataset_id, { version, signal })
    const schema = found.columns
      .slice(0, MAX_SHOWN_COLUMNS)
      .map(({ approxDistinct, ...column }) => ({ ...column, approx_distinct: approxDistinct }))
    const truncated = schema.length < found.columns.length
    return { ...toVersionResult(found), versions: found.versions, created_at: found.createdAt, schema, truncated }
  }
})
