import { z } from 'zod'
import { cursorField } from '../../core/fields.ts'
import { defineTool } from '../../core/tool.ts'
import { TASK_STATUSES } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns, aWaits, bWaits } from '../task-examples.ts'
import { given, priorityField, tagsField, taskTypesField, workerIdField } from '../task-fields.ts'
import { taskPage } from '../task-page.ts'
import { taskSchema } from '../task-view.ts'

export const taskList = defineTool({
  name: 'task_list',
  aliases: [
    { name: 'p2p_taskqueue_list_tasks', parameters: { status: 'status_filter' }, defaults: { limit: 50 } },
    { name: 'list_tasks', parameters: { status: 'status_filter' } },
    { name: 'mcplusplus_taskqueue_list' }
  ],
  group: 'p2p_taskqueue',
  title: 'List tasks',
  askedFor: [
    'all jobs that failed',
    'jobs with a tag or of a worker',
    'show what is waiting',
    'recent work in the queue'
  ],
  description:
    'Lists tasks of the queue by state, worker, tags, type, workflow or priority, a page at a time. Not for one task: use task_status. Not for numbers only: use queue_stats.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'task/list', resource: () => 'task:*' },
  needs: ['queue'],
  input: z.strictObject({
    status_filter: z
      .enum([...TASK_STATUSES, 'dead_letter'])
      .optional()
      .describe('dead_letter: failed after every attempt'),
    worker_filter: workerIdField().optional(),
    tag_filter: tagsField().optional().describe('Tasks that have all of them'),
    priority_min: priorityField().optional(),
    task_types: taskTypesField().optional(),
    workflow_id: z.string().min(1).max(200).optional(),
    order: z.enum(['oldest', 'newest']).default('oldest').describe('By submission'),
    limit: z.int().min(1).max(1000).default(100).describe('Fewer come when they are large'),
    offset: z.int().min(0).max(10_000_000).default(0).describe('cursor is faster'),
    cursor: cursorField().describe('next_cursor of the page before, with the same filters'),
    ...targetFields()
  }),
  output: z.object({
    tasks: z.array(taskSchema),
    total_count: z.int(),
    total_is_exact: z.boolean().describe('false when there are more than were counted'),
    returned_count: z.int(),
    has_more: z.boolean(),
    next_cursor: z.string().optional()
  }),
  errors: ['INVALID_INPUT'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'What waits, one at a time',
      before: [...aWaits, ...bWaits],
      input: { status_filter: 'queued', limit: 1 },
      output: { returned_count: 1, total_count: 2, has_more: true, tasks: [{ task_id: 'a' }] }
    },
    {
      title: 'What a worker runs',
      before: [...aRuns, ...bWaits],
      input: { worker_filter: 'w1', status_filter: 'running' },
      output: { total_count: 1, has_more: false, tasks: [{ task_id: 'a', status: 'running' }] }
    }
  ],
  async run(input, { services: { queue } }) {
    const { tasks, total, isTotalExact, nextCursor } = await taskPage(queue, {
      order: input.order,
      limit: input.limit,
      offset: input.offset,
      ...given({
        status: input.status_filter,
        workerId: input.worker_filter,
        tags: input.tag_filter,
        minPriority: input.priority_min,
        types: input.task_types,
        workflowId: input.workflow_id,
        cursor: input.cursor
      })
    })
    return {
      tasks,
      total_count: total,
      total_is_exact: isTotalExact,
      returned_count: tasks.length,
      has_more: nextCursor !== undefined,
      ...given({ next_cursor: nextCursor })
    }
  }
})
