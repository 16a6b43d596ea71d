import { z } from 'zod'
import { cursorField, limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'

export const listDatasets = defineTool({
  name: 'list_datasets',
  title: 'List the datasets',
  askedFor: [
    'inventory of loaded data',
    'what tables do I have',
    'show everything that was registered',
    'names and sizes of my data'
  ],
  description:
    'Lists the datasets of this server by id, each with its newest version. Not for columns and figures of one of them: use describe_dataset.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/list', resource: () => 'dataset:*' },
  needs: ['datasets'],
  input: z.strictObject({ limit: limitField(50, 200), cursor: cursorField() }),
  output: z.object({
    datasets: z.array(
      z.object({
        dataset_id: z.string(),
        version: z.int(),
        num_records: z.int(),
        num_columns: z.int(),
        cid: z.string(),
        size_bytes: z.int(),
        created_at: z.string()
      })
    ),
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'Nothing is there yet', input: {}, output: { datasets: [], total: 0, truncated: false } },
    {
      title: 'One dataset',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { limit: 10 },
      output: { returned: 1, total: 1 }
    }
  ],
  async run({ limit, cursor }, { services, signal }) {
    const { datasets, total, nextCursor } = await services.datasets.list({ limit, cursor, signal })
    return {
      datasets: datasets.map(dataset => ({
        dataset_id: dataset.datasetId,
        version: dataset.version,
        num_records: dataset.numRecords,
        num_columns: dataset.schema.length,
        cid: dataset.cid.toString(),
        size_bytes: dataset.sizeBytes,
        created_at: dataset.createdAt
      })),
      returned: datasets.length,
      total,
      truncated: nextCursor !== undefined,
      ...(nextCursor !== undefined && { next_cursor: nextCursor })
    }
  }
})
