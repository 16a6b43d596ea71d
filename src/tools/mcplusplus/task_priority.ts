import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aWaits, bWaits } from '../task-examples.ts'
import { priorityField, taskIdField } from '../task-fields.ts'

export const taskPriority = defineTool({
  name: 'task_priority',
  aliases: [
    { name: 'mcplusplus_taskqueue_priority', parameters: { priority: 'new_priority' } },
    { name: 'mcplusplus_taskqueue_set_priority', parameters: { priority: 'new_priority' } }
  ],
  group: 'p2p_taskqueue',
  title: 'Change the priority of a task',
  askedFor: ['make it urgent', 'move a job to the front', 'let it come later', 'raise or lower importance'],
  description:
    'Moves a waiting task before or behind others; of a running one it counts for its next attempt. Not for stopping what runs: use task_cancel.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'task/change', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    new_priority: priorityField(),
    requeue: z.literal(true).default(true).describe('It always takes its new place at once'),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    old_priority: z.int(),
    new_priority: z.int(),
    new_queue_position: z.int().nullable().describe('Tasks that come before it; null if it does not wait')
  }),
  errors: ['NOT_FOUND', 'TASK_STATE', 'INVALID_INPUT'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'To the front',
      before: [...aWaits, ...bWaits],
      input: { task_id: 'b', new_priority: 10 },
      output: { old_priority: 5, new_priority: 10, new_queue_position: 0 }
    },
    {
      title: 'To the back',
      before: [...aWaits, ...bWaits],
      input: { task_id: 'a', new_priority: 1 },
      output: { new_priority: 1, new_queue_position: 1 }
    }
  ],
  async run({ task_id, new_priority }, { services: { queue } }) {
    const { task, oldPriority } = await queue.reprioritize(task_id, new_priority)
    const position = task.status === 'queued' ? await queue.position(task_id) : undefined
    return {
      task_id,
      old_priority: oldPriority,
      new_priority: task.priority,
      new_queue_position: position ?? null
    }
  }
})
