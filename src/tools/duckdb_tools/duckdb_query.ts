import { z } from 'zod'
import { limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { asked, handleField, pageSchema, people, questionOf, questionShape, toPage } from './fields.ts'

export const duckdbQuery = defineTool({
  name: 'duckdb_query',
  title: 'Run SQL over datasets under a handle',
  askedFor: [
    'start a long statement and come back for it',
    'run SQL in the background with a handle',
    'a query that can be paged and stopped',
    'use a ready-made statement'
  ],
  description:
    'Runs a SELECT, or a template of duckdb_list_templates, over any datasets (tables by their ids) and answers its first page and a handle: duckdb_query_page reads on, duckdb_query_cancel stops it from another call. Choose handle_id yourself to cancel while it runs. Not for one dataset and a cursor: use query_dataset.',
  runtime: 'general',
  remote: 'task',
  asTask: 'offered',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ snapshot_id }) => `dataset:${snapshot_id ?? '*'}` },
  needs: ['queries'],
  input: z.strictObject({
    ...questionShape,
    page_size: limitField(100, 1000).describe('Rows of a page, which also ends at 48 KiB'),
    handle_id: handleField().optional().describe('A new one by default')
  }),
  output: pageSchema,
  errors: ['NOT_FOUND', 'ALREADY_EXISTS', 'SQL_FORBIDDEN', 'SQL_INVALID', 'INVALID_INPUT', 'TOO_LARGE', 'CANCELLED'],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'The first page of a query',
      before: [people],
      input: asked.args,
      output: { handle_id: 'names', rows: [{ name: 'Ada' }, { name: 'Alan' }], total: 3, truncated: true }
    },
    {
      title: 'A template',
      before: [people],
      input: { template_id: 'top_values', parameters: { dataset: 'people', column: 'city' } },
      output: {
        rows: [
          { value: 'London', n: 2 },
          { value: 'New York', n: 1 }
        ]
      }
    },
    {
      title: 'SQL that reads more than datasets',
      input: { sql: "SELECT * FROM read_csv('/etc/passwd')" },
      error: 'SQL_FORBIDDEN'
    }
  ],
  async run({ page_size, handle_id, ...question }, { services: { queries }, signal }) {
    const query = { ...questionOf(question), pageSize: page_size, handleId: handle_id }
    return toPage(await queries.run(query, { signal }))
  }
})
