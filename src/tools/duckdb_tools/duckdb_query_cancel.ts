import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { asked, handleField, people, stateSchema, toState } from './fields.ts'

export const duckdbQueryCancel = defineTool({
  name: 'duckdb_query_cancel',
  title: 'Cancel a running query',
  askedFor: ['stop a statement that takes too long', 'kill a runaway query', 'close a handle'],
  description:
    'Interrupts the query that runs under a handle; the call that started it ends with CANCELLED. TASK_STATE if it does not run. Not for tasks of the queue: use task_cancel.',
  // A lane of its own, so that it never waits behind the queries that fill the other.
  runtime: 'p2p',
  effect: 'replace',
  capability: { ability: 'dataset/read', resource: ({ handle_id }) => `query:${handle_id}` },
  needs: ['queries'],
  input: z.strictObject({ handle_id: handleField(), reason: z.string().max(500).default('cancelled') }),
  output: stateSchema,
  errors: ['NOT_FOUND', 'TASK_STATE'],
  examples: [
    { title: 'One that has ended', before: [people, asked], input: { handle_id: 'names' }, error: 'TASK_STATE' },
    { title: 'A handle that nobody knows', input: { handle_id: 'unknown' }, error: 'NOT_FOUND' }
  ],
  run: ({ handle_id, reason }, { services: { queries } }) => toState(queries.cancel(handle_id, reason))
})
