import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns, aWaits } from '../task-examples.ts'
import { reasonField, taskIdField } from '../task-fields.ts'
import { isoTime, statusSchema } from '../task-view.ts'

export const taskCancel = defineTool({
  name: 'task_cancel',
  aliases: [{ name: 'cancel_task' }, { name: 'mcplusplus_taskqueue_cancel' }],
  group: 'p2p_taskqueue',
  title: 'Cancel a task',
  askedFor: [
    'abort a running job',
    'a job is no longer needed, drop it',
    'call off a job',
    'stop work that is not needed any more',
    'withdraw it from the queue'
  ],
  description:
    'Ends a waiting task at once and asks a running one to stop, which its worker then does; with force it ends now, whatever its worker still does. A task that has ended is TASK_STATE. Not for everything that waits: use queue_clear.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'delete',
  capability: { ability: 'task/cancel', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    reason: reasonField(),
    force: z.boolean().default(false),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    status: statusSchema.describe('Still running until its worker has stopped'),
    cancelled_at: z.string().nullable().describe('When it was asked for'),
    cleanup_required: z.boolean().describe('A worker still runs it and was asked to stop')
  }),
  errors: ['NOT_FOUND', 'TASK_STATE'],
  examples: [
    {
      title: 'A task that waits',
      before: aWaits,
      input: { task_id: 'a', reason: 'not needed any more' },
      output: { status: 'cancelled', cleanup_required: false }
    },
    {
      title: 'A task that runs is asked to stop',
      before: aRuns,
      input: { task_id: 'a' },
      output: { status: 'running', cleanup_required: true }
    }
  ],
  async run({ task_id, reason, force }, { services: { queue } }) {
    const task = await queue.cancel(task_id, { force, ...(reason !== undefined && { reason }) })
    const { cancelRequestedAt } = task
    return {
      task_id,
      status: task.status,
      cancelled_at: cancelRequestedAt === undefined ? null : isoTime(cancelRequestedAt),
      cleanup_required: task.status === 'running'
    }
  }
})
