import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { begunCall, handleField } from './fields.ts'

export const mcpTaskCancel = defineTool({
  name: 'mcp_task_cancel',
  title: 'Cancel a long call',
  description:
    'Asks a long call to stop; one that has ended stays as it is. Not for learning what became of it: use mcp_task_get.',
  runtime: 'p2p',
  effect: 'delete',
  capability: { ability: 'task/cancel', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['longCalls'],
  input: z.strictObject({ task_id: handleField() }),
  output: z.object({}),
  errors: ['NOT_FOUND', 'IDEMPOTENCY_CONFLICT', 'STORAGE_FAILED', 'STORAGE_FULL'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'A load', before: [begunCall('people')], input: { task_id: 'people' }, output: {} },
    {
      title: 'Once more',
      before: [begunCall('people'), { tool: 'mcp_task_cancel', args: { task_id: 'people' } }],
      input: { task_id: 'people' },
      output: {}
    }
  ],
  async run({ task_id }, { services, principal }) {
    await services.longCalls.cancel(task_id, principal)
    return {}
  }
})
