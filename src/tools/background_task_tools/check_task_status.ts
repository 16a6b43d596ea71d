import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { aRuns, bWaits } from '../task-examples.ts'
import { given, taskIdField } from '../task-fields.ts'
import { taskPage } from '../task-page.ts'
import { taskSchema, toTask } from '../task-view.ts'
import { statusWordField, toStatus } from './task-words.ts'

export const checkTaskStatus = defineTool({
  name: 'check_task_status',
  title: 'Check on background tasks',
  askedFor: ['how are my background jobs', 'status of several jobs or of a type'],
  description:
    'Shows one background task by its id, or the newest of a type and state. Not for pages of many tasks: use task_list. Not for waiting until one ends: use task_wait.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id ?? '*'}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField().optional(),
    task_type: z.string().min(1).max(200).default('all'),
    status_filter: statusWordField(),
    limit: z.int().min(1).max(1000).default(20)
  }),
  output: z.object({ tasks: z.array(taskSchema), total_count: z.int(), returned_count: z.int() }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'One task',
      before: aRuns,
      input: { task_id: 'a' },
      output: { total_count: 1, tasks: [{ task_id: 'a', status: 'running' }] }
    },
    {
      title: 'What still waits',
      before: [...aRuns, ...bWaits],
      input: { status_filter: 'pending', task_type: 'tool.call' },
      output: { total_count: 1, tasks: [{ task_id: 'b', status: 'queued' }] }
    }
  ],
  async run({ task_id, task_type, status_filter, limit }, { services: { queue } }) {
    if (task_id !== undefined) {
      return { tasks: [toTask(await queue.get(task_id))], total_count: 1, returned_count: 1 }
    }
    const types = task_type === 'all' ? undefined : [task_type]
    const filters = given({ status: toStatus(status_filter), types })
    const { tasks, total } = await taskPage(queue, { ...filters, order: 'newest', limit })
    return { tasks, total_count: total, returned_count: tasks.length }
  }
})
