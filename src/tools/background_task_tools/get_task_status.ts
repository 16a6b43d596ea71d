import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { aRuns } from '../task-examples.ts'
import { taskIdField } from '../task-fields.ts'
import { logsSchema, taskSchema, toLogs, toTask } from '../task-view.ts'
import { queueSchema, queueView } from './queue-view.ts'

const LOG_CHARACTERS = 50_000

export const getTaskStatus = defineTool({
  name: 'get_task_status',
  title: 'Show a background task with its log, or the queue and its workers',
  askedFor: ['one background job with its log', 'what is the queue and its workers doing'],
  description:
    'Shows one background task with the newest lines of its log, and on request the state of the queue and of the workers. Not for a task alone: use task_status. Not for figures: use queue_stats.',
  runtime: 'p2p',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id ?? '*'}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField().optional().describe('Without it only the queue is shown'),
    include_logs: z.boolean().default(true),
    include_system_status: z.boolean().default(false).describe('How many workers there are'),
    include_queue_status: z.boolean().default(false),
    log_limit: z.int().min(1).max(200).default(20)
  }),
  output: z.object({
    task: taskSchema.nullable(),
    logs: logsSchema.nullable(),
    queue_status: queueSchema.nullable(),
    system_status: z.object({ active_workers: z.int(), draining_workers: z.int() }).nullable()
  }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 200_000 },
  examples: [
    {
      title: 'One task',
      before: aRuns,
      input: { task_id: 'a' },
      output: { task: { task_id: 'a', status: 'running' }, logs: [], queue_status: null }
    },
    {
      title: 'Everything else',
      before: aRuns,
      input: { include_system_status: true },
      output: { task: null, queue_status: { running: 1 }, system_status: { active_workers: 1 } }
    }
  ],
  async run(input, { services: { queue } }) {
    const { task_id, include_logs, include_system_status, include_queue_status, log_limit } = input
    const task = task_id === undefined ? undefined : await queue.get(task_id)
    const workers = include_system_status ? await queue.workers() : undefined
    const count = (state: string) => workers?.filter(({ status }) => status === state).length ?? 0
    return {
      task: task ? toTask(task) : null,
      logs: task && include_logs ? toLogs(task.logs.slice(-log_limit), LOG_CHARACTERS) : null,
      queue_status: !task || include_queue_status ? await queueView(queue) : null,
      system_status: workers ? { active_workers: count('active'), draining_workers: count('draining') } : null
    }
  }
})
