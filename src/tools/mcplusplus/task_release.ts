import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns } from '../task-examples.ts'
import { reasonField, taskIdField, tokenField } from '../task-fields.ts'
import { statusSchema } from '../task-view.ts'

export const taskRelease = defineTool({
  name: 'task_release',
  group: 'p2p_taskqueue',
  title: 'Give a claimed task back',
  askedFor: ['I cannot do this job, somebody else should', 'return work unfinished', 'put a claimed job back'],
  description:
    'For workers: gives a claimed task back to the queue for others, without using up an attempt; at most 100 times a task. Not for work that went wrong: use task_complete.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'task/work', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    lease_token: tokenField(),
    reason: reasonField(),
    ...targetFields()
  }),
  output: z.object({ task_id: z.string(), status: statusSchema }),
  errors: ['NOT_FOUND', 'STALE_LEASE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'The worker shuts down',
      before: aRuns,
      input: { task_id: 'a', lease_token: '<lease_token>', reason: 'shutting down' },
      output: { task_id: 'a', status: 'queued' }
    },
    {
      title: 'Of a task that somebody asked to cancel',
      before: [...aRuns, { tool: 'task_cancel', args: { task_id: 'a' } }],
      input: { task_id: 'a', lease_token: '<lease_token>' },
      output: { status: 'cancelled' }
    }
  ],
  async run({ task_id, lease_token, reason }, { services: { queue }, principal }) {
    const request = { taskId: task_id, leaseToken: lease_token, principal, ...(reason !== undefined && { reason }) }
    const { status } = await queue.release(request)
    return { task_id, status }
  }
})
