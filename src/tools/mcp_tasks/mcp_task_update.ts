import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { begunCall, handleField } from './fields.ts'

export const mcpTaskUpdate = defineTool({
  name: 'mcp_task_update',
  title: 'Answer what a long call asks',
  description:
    'Takes answers to the open questions of a long call, which goes on when it has them all; others are ignored. Not for new arguments: use mcp_task_begin.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'task/update', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['longCalls'],
  input: z.strictObject({
    task_id: handleField(),
    answers: z
      .record(z.string().max(256), z.record(z.string(), z.unknown()))
      .describe('Results by name of the question')
  }),
  output: z.object({}),
  errors: ['NOT_FOUND', 'INPUT_REQUIRED', 'IDEMPOTENCY_CONFLICT', 'STORAGE_FAILED', 'STORAGE_FULL'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'An answer that nobody waits for',
      before: [begunCall('people')],
      input: { task_id: 'people', answers: { sure: { action: 'accept' } } },
      output: {}
    },
    { title: 'None', before: [begunCall('people')], input: { task_id: 'people', answers: {} }, output: {} }
  ],
  async run({ task_id, answers }, { services, principal }) {
    await services.longCalls.answer(task_id, answers, principal)
    return {}
  }
})
