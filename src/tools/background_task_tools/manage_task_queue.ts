import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import { aWaits, bWaits } from '../task-examples.ts'
import { confirmField, requireConfirmed } from '../task-fields.ts'
import { queueSchema, queueView } from './queue-view.ts'
import { priorityWordField, toPriority } from './task-words.ts'

export const manageTaskQueue = defineTool({
  name: 'manage_task_queue',
  title: 'Count, pause, resume or clear the task queue',
  askedFor: ['pause, resume, clear or count the queue', 'administer the backlog'],
  description:
    'One tool for the queue as a whole, by its action: count, pause, resume or clear. How much runs at once is set for each worker. Not for one task: use task_cancel. Not for a limit of a worker: use worker_register.',
  runtime: 'p2p',
  effect: 'delete',
  capability: { ability: 'queue/manage', resource: () => 'queue:*' },
  needs: ['queue'],
  input: z.strictObject({
    action: z.enum(['get_stats', 'pause', 'resume', 'clear_queue', 'set_limits']),
    priority: priorityWordField()
      .optional()
      .describe('Of get_stats: also counts what waits with at least this priority'),
    max_concurrent: z.int().min(1).max(10_000).optional().describe('Of set_limits'),
    confirm: confirmField().describe('Must be true for clear_queue, which cancels all that waits')
  }),
  output: z.object({
    action: z.string(),
    stats: queueSchema,
    waiting_at_priority: z.int().nullable(),
    cleared_count: z.int().nullable()
  }),
  errors: ['INVALID_INPUT', 'UNSUPPORTED'],
  examples: [
    {
      title: 'How much waits with a high priority',
      before: aWaits,
      input: { action: 'get_stats', priority: 'high' },
      output: { stats: { queued: 1, paused: false }, waiting_at_priority: 0 }
    },
    {
      title: 'Cancel all that waits',
      before: [...aWaits, ...bWaits],
      input: { action: 'clear_queue', confirm: true },
      output: { cleared_count: 2, stats: { queued: 0 } }
    }
  ],
  async run({ action, priority, confirm }, { services: { queue } }) {
    if (action === 'set_limits') throw noLimits()
    if (action === 'clear_queue') requireConfirmed(confirm)
    if (action === 'pause') await queue.pause()
    if (action === 'resume') await queue.resume()
    const { cleared } = action === 'clear_queue' ? await queue.clear() : { cleared: null }
    const minPriority = priority === undefined ? undefined : toPriority(priority)
    const waiting =
      minPriority === undefined ? undefined : await queue.list({ status: 'queued', minPriority, limit: 1 })
    return {
      action,
      stats: await queueView(queue),
      waiting_at_priority: waiting?.total ?? null,
      cleared_count: cleared
    }
  }
})

function noLimits(): AppError {
  const message =
    'The queue has no limit of its own: each worker has one. Register the worker again with worker_register and its max_concurrent_tasks'
  return new AppError('UNSUPPORTED', message)
}
