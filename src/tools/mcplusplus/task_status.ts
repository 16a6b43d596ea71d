import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns, aWaits } from '../task-examples.ts'
import { given, taskIdField } from '../task-fields.ts'
import { asTask, logsSchema, taskSchema, toLogs, toTask } from '../task-view.ts'

const LOG_CHARACTERS = 40_000

export const taskStatus = defineTool({
  name: 'task_status',
  aliases: [
    { name: 'p2p_taskqueue_get_task', defaults: { include_body: true }, result: asTask },
    { name: 'mcplusplus_taskqueue_get_status' }
  ],
  group: 'p2p_taskqueue',
  title: 'Show how a task is getting on',
  askedFor: ['is it still waiting or running', 'how far is my job', 'progress and log of a job', 'who runs it'],
  description:
    'Shows one task: its state, progress, place in the queue, worker and last error. Not for what it answered: use task_result. Not for waiting until it ends: use task_wait. Not for finding tasks: use task_list.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    include_logs: z.boolean().default(false).describe('The newest lines that it wrote'),
    include_metrics: z.boolean().default(false).describe('How long it waited and ran'),
    include_body: z.boolean().default(false).describe('Its payload and result'),
    ...targetFields()
  }),
  output: taskSchema.extend({
    queue_position: z.int().nullable().describe('Tasks that come before it; null if it does not wait'),
    logs: logsSchema.nullable(),
    metrics: z
      .object({ wait_seconds: z.number().nullable(), run_seconds: z.number().nullable(), attempts: z.int() })
      .nullable(),
    payload: z.record(z.string(), z.unknown()).optional(),
    result: z.unknown().optional()
  }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 400_000 },
  examples: [
    {
      title: 'A task that waits',
      before: aWaits,
      input: { task_id: 'a' },
      output: { task_id: 'a', status: 'queued', queue_position: 0, worker_id: null, logs: null }
    },
    {
      title: 'A task that a worker runs, with figures',
      before: aRuns,
      input: { task_id: 'a', include_metrics: true },
      output: { status: 'running', worker_id: 'w1', queue_position: null, metrics: { attempts: 1 } }
    }
  ],
  async run({ task_id, include_logs, include_metrics, include_body }, { services: { queue } }) {
    const task = await queue.get(task_id)
    const position = task.status === 'queued' ? await queue.position(task_id) : undefined
    const { createdAt, notBefore = createdAt, startedAt, finishedAt } = task
    return {
      ...toTask(task),
      queue_position: position ?? null,
      logs: include_logs ? toLogs(task.logs, LOG_CHARACTERS) : null,
      metrics: include_metrics
        ? {
            wait_seconds: secondsFrom(Math.max(createdAt, notBefore), startedAt),
            run_seconds: secondsFrom(startedAt, finishedAt),
            attempts: task.attempt
          }
        : null,
      ...(include_body && given({ payload: task.payload, result: task.result }))
    }
  }
})

const secondsFrom = (from: number | undefined, to: number | undefined): number | null =>
  from === undefined || to === undefined ? null : Math.max(0, to - from) / 1000
