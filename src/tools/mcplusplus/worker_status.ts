import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns } from '../task-examples.ts'
import { workerIdField } from '../task-fields.ts'
import { taskSchema, toTask, toWorker, within, workerSchema } from '../task-view.ts'

const MAX_TASKS = 50
/** With the largest worker that there can be, they fit into one result. */
const TASK_CHARACTERS = 20_000

export const workerStatus = defineTool({
  name: 'worker_status',
  aliases: [{ name: 'mcplusplus_worker_status' }],
  group: 'p2p_taskqueue',
  title: 'Show a worker',
  askedFor: [
    'is a worker alive and what has it finished',
    'what is this worker doing',
    'jobs in the hands of a worker'
  ],
  description:
    'Shows one worker: what it can run, what it runs now and how much it has done. Not for all workers at once: use queue_stats with include_worker_stats.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'worker/read', resource: ({ worker_id }) => `worker:${worker_id}` },
  needs: ['queue'],
  input: z.strictObject({
    worker_id: workerIdField(),
    include_tasks: z.boolean().default(false).describe(`What it runs, at most ${MAX_TASKS}`),
    include_metrics: z.boolean().default(false),
    ...targetFields()
  }),
  output: workerSchema.extend({
    running_tasks: z.int(),
    completed_tasks: z.int(),
    failed_tasks: z.int(),
    tasks: z.array(taskSchema).nullable(),
    metrics: z
      .object({ success_rate: z.number().nullable(), idle_seconds: z.number().describe('Since it was last heard of') })
      .nullable()
  }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'A worker at work',
      before: aRuns,
      input: { worker_id: 'w1', include_tasks: true },
      output: { status: 'active', running_tasks: 1, tasks: [{ task_id: 'a' }], metrics: null }
    },
    {
      title: 'With figures, before its first task',
      before: [{ tool: 'worker_register', args: { worker_id: 'w2', capabilities: ['embedding'] } }],
      input: { worker_id: 'w2', include_metrics: true },
      output: { running_tasks: 0, metrics: { success_rate: null } }
    }
  ],
  async run({ worker_id, include_tasks, include_metrics }, { services: { queue }, clock }) {
    const worker = await queue.worker(worker_id)
    const { completed, failed, running, lastSeenAt } = worker
    const query = { workerId: worker_id, status: 'running' as const, limit: MAX_TASKS }
    const tasks = include_tasks ? within((await queue.list(query)).tasks.map(toTask), TASK_CHARACTERS) : null
    return {
      ...toWorker(worker),
      running_tasks: running.length,
      completed_tasks: completed,
      failed_tasks: failed,
      tasks,
      metrics: include_metrics
        ? {
            success_rate: completed + failed > 0 ? completed / (completed + failed) : null,
            idle_seconds: Math.max(0, clock.now() - lastSeenAt) / 1000
          }
        : null
    }
  }
})
