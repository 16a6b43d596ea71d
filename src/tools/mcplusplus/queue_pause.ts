import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns, bWaits } from '../task-examples.ts'
import { reasonField } from '../task-fields.ts'
import { isoTime } from '../task-view.ts'

export const queuePause = defineTool({
  name: 'queue_pause',
  aliases: [{ name: 'mcplusplus_taskqueue_pause' }],
  group: 'p2p_taskqueue',
  title: 'Pause the queue',
  askedFor: ['hold all jobs', 'hand out no more work for now', 'freeze processing during maintenance'],
  description:
    'Lets no worker take a task until queue_resume; tasks that run go on and new ones are taken in. It lasts through a restart. Not for ending tasks: use task_cancel.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'queue/manage', resource: () => 'queue:*' },
  needs: ['queue'],
  input: z.strictObject({ reason: reasonField(), ...targetFields() }),
  output: z.object({
    status: z.literal('paused'),
    paused_at: z.string(),
    reason: z.string().nullable(),
    queued_tasks: z.int(),
    running_tasks: z.int()
  }),
  errors: [],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    { title: 'For maintenance', input: { reason: 'disk swap' }, output: { status: 'paused', reason: 'disk swap' } },
    {
      title: 'While something runs',
      before: [...aRuns, ...bWaits],
      input: {},
      output: { status: 'paused', queued_tasks: 1, running_tasks: 1 }
    }
  ],
  async run({ reason }, { services: { queue }, clock }) {
    const state = await queue.pause(reason)
    return {
      status: 'paused' as const,
      paused_at: isoTime(state.since ?? clock.now()),
      reason: state.reason ?? null,
      queued_tasks: state.queued,
      running_tasks: state.running
    }
  }
})
