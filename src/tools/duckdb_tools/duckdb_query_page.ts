import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { asked, handleField, pageSchema, people, toPage } from './fields.ts'

export const duckdbQueryPage = defineTool({
  name: 'duckdb_query_page',
  title: 'Read the next page of a query',
  askedFor: [
    'more rows of the running statement',
    'continue reading a large answer',
    'the following part of a result by its handle'
  ],
  description:
    'Answers the page of a query that follows the last one read under its handle, or the one behind a page_token. TASK_STATE when there is none. Not for starting a query: use duckdb_query.',
  runtime: 'general',
  remote: 'task',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ handle_id }) => `query:${handle_id}` },
  needs: ['queries'],
  input: z.strictObject({
    handle_id: handleField(),
    page_token: z.string().min(1).max(2048).optional().describe('next_page_token of a page; the next page by default')
  }),
  output: pageSchema,
  errors: ['NOT_FOUND', 'TASK_STATE', 'INVALID_INPUT', 'SQL_INVALID', 'TOO_LARGE', 'CANCELLED'],
  limits: { timeoutMs: 600_000 },
  examples: [
    {
      title: 'The second page',
      before: [people, asked],
      input: { handle_id: 'names' },
      output: { rows: [{ name: 'Grace' }], returned: 1, total: 3, truncated: false }
    },
    { title: 'A handle that nobody knows', input: { handle_id: 'unknown' }, error: 'NOT_FOUND' }
  ],
  run: async ({ handle_id, page_token }, { services: { queries }, signal }) =>
    toPage(await queries.page(handle_id, page_token, { signal }))
})
