import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { aIsDone, aWaits } from '../task-examples.ts'
import { taskIdField } from '../task-fields.ts'

export const p2pTaskDelete = defineTool({
  name: 'p2p_task_delete',
  title: 'Forget a task that has ended',
  askedFor: ['erase a finished job', 'remove the record of old work'],
  description:
    'Removes one task that has ended, with its result; its id is free again. Not for a task that waits or runs, which is TASK_STATE: use task_cancel. Not for many at once: use queue_clear.',
  runtime: 'p2p',
  effect: 'delete',
  capability: { ability: 'task/cancel', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({ task_id: taskIdField() }),
  output: z.object({ task_id: z.string(), deleted: z.literal(true) }),
  errors: ['NOT_FOUND', 'TASK_STATE'],
  examples: [
    { title: 'A task that is done', before: aIsDone, input: { task_id: 'a' }, output: { ok: true, deleted: true } },
    {
      title: 'After cancelling it',
      before: [...aWaits, { tool: 'task_cancel', args: { task_id: 'a' } }],
      input: { task_id: 'a' },
      output: { ok: true, task_id: 'a', deleted: true }
    }
  ],
  async run({ task_id }, { services: { queue } }) {
    await queue.remove(task_id)
    return { task_id, deleted: true as const }
  }
})
