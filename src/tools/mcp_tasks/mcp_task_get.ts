import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { begunCall, handleField, RESULT_BYTES, stateField } from './fields.ts'

export const mcpTaskGet = defineTool({
  name: 'mcp_task_get',
  title: 'Look at a long call',
  description:
    'Answers how a long call stands: how far it is, what it asks, or how it ended; only to who began it. Not for making one: use mcp_task_begin.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['longCalls'],
  input: z.strictObject({ task_id: handleField() }),
  output: z.object({ task: stateField() }),
  errors: ['NOT_FOUND'],
  limits: { resultBytes: RESULT_BYTES, isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A load',
      before: [begunCall('people')],
      input: { task_id: 'people' },
      output: { task: { taskId: 'people' } }
    },
    {
      title: 'A call that was cancelled or had ended',
      before: [begunCall('people'), { tool: 'mcp_task_cancel', args: { task_id: 'people' } }],
      input: { task_id: 'people' },
      output: { task: { taskId: 'people' } }
    }
  ],
  run: async ({ task_id }, { services, principal }) => ({ task: await services.longCalls.get(task_id, principal) })
})
