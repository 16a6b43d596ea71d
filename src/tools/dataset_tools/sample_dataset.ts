import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { columnSchema, rowsSchema, seedField, shownSchema } from './fields.ts'

export const sampleDataset = defineTool({
  name: 'sample_dataset',
  title: 'Look at random rows',
  askedFor: ['peek at the data', 'show me a few random records', 'a small preview drawn by chance', 'get example rows'],
  description:
    'Shows n random rows of a dataset in their order; the same seed gives the same rows. Not for keeping the sample: use process_dataset with the operation sample.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ dataset_id }) => `dataset:${dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({ dataset_id: datasetIdField(), n: z.int().min(1).max(1000).default(10), seed: seedField() }),
  output: z.object({
    dataset_id: z.string(),
    version: z.int(),
    schema: z.array(columnSchema),
    rows: rowsSchema,
    returned: z.int(),
    total: z.int().describe('Rows of the dataset'),
    truncated: z.boolean().describe('Whether rows of the sample were left out for their size')
  }),
  errors: ['NOT_FOUND', 'TOO_LARGE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Two rows',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', n: 2, seed: 7 },
      output: { returned: 2, total: 3, truncated: false }
    },
    {
      title: 'More rows than there are',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', n: 100 },
      output: { returned: 3, total: 3 }
    }
  ],
  async run({ dataset_id, n, seed }, { services, signal }) {
    const { version, schema, rows, total } = await services.datasets.sample(dataset_id, n, seed, { signal })
    const truncated = rows.length < Math.min(n, total)
    return { dataset_id, version, schema: shownSchema(schema), rows, returned: rows.length, total, truncated }
  }
})
