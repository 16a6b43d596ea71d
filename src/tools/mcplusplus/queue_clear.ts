import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aIsDone, aWaits, bWaits } from '../task-examples.ts'
import { confirmField, requireConfirmed } from '../task-fields.ts'
import { isoTime } from '../task-view.ts'

export const queueClear = defineTool({
  name: 'queue_clear',
  aliases: [{ name: 'mcplusplus_taskqueue_clear' }],
  group: 'p2p_taskqueue',
  title: 'Cancel all waiting tasks, or forget ended ones',
  askedFor: ['throw the backlog away', 'delete finished jobs', 'empty the queue', 'cancel everything that waits'],
  description:
    'Cancels every waiting task, or with status_filter removes the completed, failed or cancelled ones with their results. It cannot be undone and needs confirm: true. Not for one task: use task_cancel.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'delete',
  capability: { ability: 'queue/manage', resource: () => 'queue:*' },
  needs: ['queue'],
  input: z.strictObject({
    status_filter: z.enum(['queued', 'completed', 'failed', 'cancelled']).default('queued'),
    confirm: confirmField(),
    ...targetFields()
  }),
  output: z.object({
    cleared_count: z.int(),
    remaining_count: z.int().describe('Tasks of every status that are kept'),
    cleared_at: z.string()
  }),
  errors: ['INVALID_INPUT'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Cancel what waits',
      before: [...aWaits, ...bWaits],
      input: { confirm: true },
      output: { cleared_count: 2 }
    },
    {
      title: 'Forget what was completed',
      before: aIsDone,
      input: { status_filter: 'completed', confirm: true },
      output: { cleared_count: 1, remaining_count: 0 }
    }
  ],
  async run({ status_filter, confirm }, { services: { queue }, clock }) {
    requireConfirmed(confirm)
    const { cleared, remaining } = await queue.clear(status_filter)
    return { cleared_count: cleared, remaining_count: remaining, cleared_at: isoTime(clock.now()) }
  }
})
