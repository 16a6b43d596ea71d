import { z } from 'zod'
import { cursorField, datasetIdField, limitField, sqlField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { columnSchema, rowsSchema, shownSchema } from './fields.ts'

export const queryDataset = defineTool({
  name: 'query_dataset',
  title: 'Query a dataset with SQL',
  askedFor: [
    'ask a question in SQL',
    'select, count and group with SQL',
    'top ten by value',
    'average per category',
    'analyse a table with a statement',
    'join datasets in SQL'
  ],
  description:
    'Looks up rows by one SELECT (DuckDB SQL): the dataset is the table `dataset`, others go by their id. A page ends at `limit` rows or 48 KiB; go on with next_cursor. Not for keeping the result: use process_dataset.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ dataset_id }) => `dataset:${dataset_id}` },
  needs: ['datasets'],
  input: z.strictObject({
    dataset_id: datasetIdField(),
    sql: sqlField().describe('For example: SELECT city, count(*) AS n FROM dataset GROUP BY city ORDER BY n DESC'),
    limit: limitField(100, 1000),
    cursor: cursorField()
  }),
  output: z.object({
    dataset_id: z.string(),
    version: z.int(),
    schema: z.array(columnSchema),
    rows: rowsSchema,
    returned: z.int(),
    total: z.int(),
    truncated: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: ['NOT_FOUND', 'SQL_FORBIDDEN', 'SQL_INVALID', 'INVALID_INPUT', 'TOO_LARGE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Count by city',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', sql: 'SELECT city, count(*) AS n FROM dataset GROUP BY city ORDER BY n DESC' },
      output: {
        rows: [
          { city: 'London', n: 2 },
          { city: 'New York', n: 1 }
        ],
        returned: 2,
        total: 2,
        truncated: false
      }
    },
    {
      title: 'The first page',
      before: [{ tool: 'load_dataset', args: { source: 'people.csv' } }],
      input: { dataset_id: 'people', sql: 'SELECT name FROM dataset ORDER BY age', limit: 1 },
      output: { rows: [{ name: 'Ada' }], returned: 1, total: 3, truncated: true }
    }
  ],
  async run({ dataset_id, sql, limit, cursor }, { services, signal }) {
    const { version, schema, rows, total, nextCursor } = await services.datasets.query(dataset_id, sql, {
      limit,
      cursor,
      signal
    })
    return {
      dataset_id,
      version,
      schema: shownSchema(schema),
      rows,
      returned: rows.length,
      total,
      truncated: nextCursor !== undefined,
      ...(nextCursor !== undefined && { next_cursor: nextCursor })
    }
  }
})
