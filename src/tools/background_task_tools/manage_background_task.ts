import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { aWaits } from '../task-examples.ts'
import { given, payloadField, taskIdField, taskTypeField } from '../task-fields.ts'
import { taskPage } from '../task-page.ts'
import { taskSchema, toTask } from '../task-view.ts'
import { missingTask, statusWordField, toStatus } from './task-words.ts'

export const manageBackgroundTask = defineTool({
  name: 'manage_background_task',
  title: 'Create, show, cancel or list background tasks',
  askedFor: ['start, look at or stop a background job', 'all background work by one operation'],
  description:
    'One tool for the life of a background task, by its action: create, get, cancel or list, on the same queue as everything else. Not for priorities, times or retries: use task_submit.',
  runtime: 'p2p',
  effect: 'delete',
  capability: { ability: 'task/manage', resource: ({ task_id }) => `task:${task_id ?? '*'}` },
  needs: ['queue'],
  input: z.strictObject({
    action: z.enum(['create', 'get', 'cancel', 'list']).default('create'),
    task_type: taskTypeField().default('tool.call').describe('Of create'),
    task_config: payloadField().optional().describe('Of create: the payload; for tool.call { tool, args }'),
    task_id: taskIdField().optional().describe('Of get and cancel, and of create where you choose it'),
    filters: z
      .strictObject({
        status: statusWordField(),
        task_type: taskTypeField().optional(),
        limit: z.int().min(1).max(1000).default(20)
      })
      .optional()
      .describe('Of list')
  }),
  output: z.object({
    action: z.string(),
    task: taskSchema.nullable(),
    tasks: z.array(taskSchema).nullable(),
    total_count: z.int().nullable()
  }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'TASK_STATE', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_CONFLICT', 'TOO_LARGE'],
  examples: [
    {
      title: 'Create',
      input: { action: 'create', task_config: { tool: 'list_datasets', args: {} } },
      output: { action: 'create', task: { status: 'queued', task_type: 'tool.call' } }
    },
    {
      title: 'Cancel',
      before: aWaits,
      input: { action: 'cancel', task_id: 'a' },
      output: { action: 'cancel', task: { task_id: 'a', status: 'cancelled' } }
    }
  ],
  async run({ action, task_type, task_config, task_id, filters }, { services: { queue }, principal, signal }) {
    if (action === 'list') {
      const { status = 'all', task_type: type, limit = 20 } = filters ?? {}
      const query = given({ status: toStatus(status), types: type === undefined ? undefined : [type] })
      const { tasks, total } = await taskPage(queue, { ...query, order: 'newest', limit })
      return { action, task: null, tasks, total_count: total }
    }
    if (action === 'create') {
      const submission = { type: task_type, payload: task_config ?? {}, submitter: principal }
      const { taskId } = await queue.submit({ ...submission, ...given({ taskId: task_id }) }, { signal })
      return { action, task: toTask(await queue.get(taskId)), tasks: null, total_count: null }
    }
    if (task_id === undefined) throw missingTask(action)
    const task = action === 'cancel' ? await queue.cancel(task_id) : await queue.get(task_id)
    return { action, task: toTask(task), tasks: null, total_count: null }
  }
})
