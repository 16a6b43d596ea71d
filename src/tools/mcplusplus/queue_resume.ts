import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { bWaits } from '../task-examples.ts'
import { isoTime } from '../task-view.ts'

export const queueResume = defineTool({
  name: 'queue_resume',
  aliases: [{ name: 'mcplusplus_taskqueue_resume' }],
  group: 'p2p_taskqueue',
  title: 'Resume the paused queue',
  askedFor: ['let workers take jobs again', 'continue after a pause', 'open the queue once more'],
  description:
    'Ends a pause: workers get tasks again, those of the highest priority first. On a queue that is not paused it changes nothing. Not for a task that failed: use task_retry.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'queue/manage', resource: () => 'queue:*' },
  needs: ['queue'],
  input: z.strictObject({
    reorder_by_priority: z.literal(true).default(true).describe('The queue is always in this order'),
    ...targetFields()
  }),
  output: z.object({
    status: z.literal('active'),
    resumed_at: z.string(),
    queued_tasks: z.int(),
    running_tasks: z.int(),
    reordered: z.literal(true)
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'After a pause',
      before: [{ tool: 'queue_pause', args: {} }, ...bWaits],
      input: {},
      output: { status: 'active', queued_tasks: 1 }
    },
    { title: 'That was not paused', input: {}, output: { status: 'active', queued_tasks: 0 } }
  ],
  async run(_input, { services: { queue }, clock }) {
    const { queued, running } = await queue.resume()
    return {
      status: 'active' as const,
      resumed_at: isoTime(clock.now()),
      queued_tasks: queued,
      running_tasks: running,
      reordered: true as const
    }
  }
})
