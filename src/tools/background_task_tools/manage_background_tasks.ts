import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { aFailed } from '../task-examples.ts'
import {
  given,
  notesField,
  payloadField,
  retryPolicyField,
  tagsField,
  taskIdField,
  taskTypeField,
  toMs,
  toRetry
} from '../task-fields.ts'
import { taskSchema, toTask } from '../task-view.ts'
import { queueSchema, queueView } from './queue-view.ts'
import { missingTask, priorityWordField, toPriority } from './task-words.ts'

export const manageBackgroundTasks = defineTool({
  name: 'manage_background_tasks',
  title: 'Create, cancel, repeat or count background tasks by priority words',
  askedFor: ['create, cancel or repeat background work with high, normal or low urgency', 'count background jobs'],
  description:
    'One tool for background tasks, by its action: create with a priority such as high, get, cancel, retry, or stats of all, on the same queue as everything else. Not for listing tasks: use task_list.',
  runtime: 'p2p',
  effect: 'delete',
  capability: { ability: 'task/manage', resource: ({ task_id }) => `task:${task_id ?? '*'}` },
  needs: ['queue'],
  input: z.strictObject({
    action: z.enum(['create', 'get', 'cancel', 'retry', 'get_stats']),
    task_id: taskIdField().optional().describe('Of get, cancel and retry, and of create where you choose it'),
    task_type: taskTypeField().optional().describe('Of create; tool.call by default'),
    parameters: payloadField().optional().describe('Of create: the payload; for tool.call { tool, args }'),
    priority: priorityWordField().default('normal'),
    task_config: z
      .strictObject({
        timeout: z.number().min(0.001).max(2_592_000).optional().describe('Seconds of one attempt'),
        retry_policy: retryPolicyField().optional(),
        tags: tagsField().optional(),
        metadata: notesField()
      })
      .optional()
      .describe('Of create')
  }),
  output: z.object({ action: z.string(), task: taskSchema.nullable(), stats: queueSchema.nullable() }),
  errors: ['INVALID_INPUT', 'NOT_FOUND', 'TASK_STATE', 'SERVICE_UNAVAILABLE', 'IDEMPOTENCY_CONFLICT', 'TOO_LARGE'],
  examples: [
    {
      title: 'Create one that comes first',
      input: { action: 'create', parameters: { tool: 'list_datasets' }, priority: 'high' },
      output: { task: { status: 'queued', priority: 8 } }
    },
    {
      title: 'Count',
      before: aFailed,
      input: { action: 'get_stats' },
      output: { task: null, stats: { failed: 1, queued: 0 } }
    }
  ],
  async run(input, { services: { queue }, principal, signal }) {
    const { action, task_id, task_config = {} } = input
    if (action === 'get_stats') return { action, task: null, stats: await queueView(queue) }
    if (action === 'create') {
      const submission = {
        type: input.task_type ?? 'tool.call',
        payload: input.parameters ?? {},
        priority: toPriority(input.priority),
        submitter: principal,
        ...given({
          taskId: task_id,
          timeoutMs: toMs(task_config.timeout),
          retry: task_config.retry_policy && toRetry(task_config.retry_policy),
          tags: task_config.tags,
          metadata: task_config.metadata
        })
      }
      const { taskId } = await queue.submit(submission, { signal })
      return { action, task: toTask(await queue.get(taskId)), stats: null }
    }
    if (task_id === undefined) throw missingTask(action)
    if (action === 'retry') {
      const { taskId } = await queue.retry(task_id, { submitter: principal })
      return { action, task: toTask(await queue.get(taskId)), stats: null }
    }
    const task = action === 'cancel' ? await queue.cancel(task_id) : await queue.get(task_id)
    return { action, task: toTask(task), stats: null }
  }
})
