import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { aIsDone, aWaits } from '../task-examples.ts'
import { given, taskIdField } from '../task-fields.ts'
import { asTask, taskSchema, toTask } from '../task-view.ts'

export const p2pTaskGet = defineTool({
  name: 'p2p_task_get',
  title: 'Get a task with its payload and result',
  askedFor: ['record of a job with its input and output', 'everything about one job'],
  description:
    'Answers one task whole, with payload and result, as clients of the Python server know it. Not for its place in the queue, figures or logs: use task_status. Not for waiting until it ends: use task_wait.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({ task_id: taskIdField() }),
  output: z.object({
    task: taskSchema.extend({
      assigned_worker: z.string().nullable(),
      payload: z.record(z.string(), z.unknown()).optional(),
      result: z.unknown().optional()
    })
  }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 400_000 },
  examples: [
    {
      title: 'A task that waits',
      before: aWaits,
      input: { task_id: 'a' },
      output: { ok: true, task: { status: 'queued', payload: { tool: 'list_datasets' }, assigned_worker: null } }
    },
    {
      title: 'A task that is done',
      before: aIsDone,
      input: { task_id: 'a' },
      output: { task: { status: 'completed', result: { rows: 3 }, assigned_worker: 'w1' } }
    }
  ],
  async run({ task_id }, { services: { queue } }) {
    const task = await queue.get(task_id)
    return asTask({ ...toTask(task), ...given({ payload: task.payload, result: task.result }) })
  }
})
