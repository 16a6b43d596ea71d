import { z } from 'zod'
import { limitField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { asked, handleField, people, stateSchema, toState } from './fields.ts'

export const duckdbQueryStatus = defineTool({
  name: 'duckdb_query_status',
  title: 'Look at queries under handles',
  askedFor: ['is my statement still running', 'which handles are open', 'progress of a long SQL'],
  description:
    'Tells whether the query of a handle runs, how many rows were read and whether there are more; without a handle it lists the newest queries. Handles are known until the process ends. Not for its rows: use duckdb_query_page. Not for tasks: use task_status.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'dataset/read', resource: ({ handle_id }) => `query:${handle_id ?? '*'}` },
  needs: ['queries'],
  input: z.strictObject({
    handle_id: handleField().optional(),
    limit: limitField(20, 40).describe('Without a handle: how many are listed')
  }),
  output: z.object({ queries: z.array(stateSchema), total: z.int(), truncated: z.boolean() }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 600_000 },
  examples: [
    {
      title: 'One with a further page',
      before: [people, asked],
      input: { handle_id: 'names' },
      output: { queries: [{ query_status: 'completed', rows_read: 2, total: 3, has_more: true }] }
    },
    { title: 'None has run yet', input: {}, output: { queries: [], total: 0 } }
  ],
  run({ handle_id, limit }, { services: { queries } }) {
    const all = handle_id === undefined ? queries.list() : [queries.state(handle_id)]
    return { queries: all.slice(0, limit).map(toState), total: all.length, truncated: all.length > limit }
  }
})
