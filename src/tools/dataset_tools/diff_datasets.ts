import { z } from 'zod'
import { datasetIdField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { columnField, columnSchema, rowsSchema } from './fields.ts'

export const diffDatasets = defineTool({
  name: 'diff_datasets',
  title: 'Compare two datasets',
  askedFor: [
    'what changed between two versions',
    'rows added, removed or modified',
    'compare yesterday and today',
    'reconcile two tables',
    'are they equal'
  ],
  description:
    'Counts rows added, removed and changed from left to right by key columns, with up to 20 rows of each. Without keys whole rows are compared, and nothing counts as changed. Not for all rows that differ: use query_dataset with EXCEPT.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ left }) => `dataset:${left}` },
  needs: ['datasets'],
  input: z.strictObject({
    left: datasetIdField(),
    right: datasetIdField(),
    keys: z.array(columnField()).max(32).default([]).describe('Columns that tell every row apart')
  }),
  output: z.object({
    added: z.int(),
    removed: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    samples: z.object({ added: rowsSchema, removed: rowsSchema, changed: rowsSchema }),
    schema: z.object({
      added: z.array(columnSchema),
      removed: z.array(columnSchema),
      changed: z.array(z.object({ name: z.string(), left: z.string(), right: z.string() }))
    }),
    truncated: z.boolean().describe('Whether the samples leave rows out')
  }),
  errors: ['NOT_FOUND', 'INVALID_INPUT', 'TOO_LARGE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'By key',
      before: [
        {
          tool: 'load_dataset',
          args: {
            source: [
              { id: 1, x: 'a' },
              { id: 2, x: 'b' }
            ],
            options: { dataset_id: 'old' }
          }
        },
        {
          tool: 'load_dataset',
          args: {
            source: [
              { id: 2, x: 'c' },
              { id: 3, x: 'd' }
            ],
            options: { dataset_id: 'new' }
          }
        }
      ],
      input: { left: 'old', right: 'new', keys: ['id'] },
      output: { added: 1, removed: 1, changed: 1, unchanged: 0 }
    },
    {
      title: 'Whole rows',
      before: [
        { tool: 'load_dataset', args: { source: [{ x: 1 }], options: { dataset_id: 'one' } } },
        { tool: 'load_dataset', args: { source: [{ x: 1 }, { x: 2 }], options: { dataset_id: 'two' } } }
      ],
      input: { left: 'one', right: 'two' },
      output: { added: 1, removed: 0, unchanged: 1, samples: { added: [{ x: 2 }], removed: [], changed: [] } }
    }
  ],
  run: ({ left, right, keys }, { services, signal }) => services.datasets.diff(left, right, keys, { signal })
})
