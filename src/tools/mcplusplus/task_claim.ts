import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aWaits } from '../task-examples.ts'
import { claimField, toClaim, WAIT_TIMEOUT_MS, waitField } from '../task-fields.ts'
import { asTask, leaseSchema, toLease } from '../task-view.ts'

export const taskClaim = defineTool({
  name: 'task_claim',
  aliases: [
    {
      name: 'p2p_taskqueue_claim_next',
      parameters: { supported_task_types: 'task_types' },
      result: ({ tasks: [task] }) => (task ? asTask(task) : { task: null })
    }
  ],
  group: 'p2p_taskqueue',
  title: 'Take tasks to run them',
  askedFor: ['give me the next job to do', 'take work from the queue with a lease', 'poll for jobs as a worker'],
  description:
    'For workers: takes the best waiting tasks under a lease, waiting for some if there are none. Renew the lease with task_heartbeat and end with task_complete, both with the lease_token; otherwise others get the task. Not for looking at what waits: use task_list.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'task/work', resource: ({ worker_id }) => `worker:${worker_id}` },
  needs: ['queue'],
  input: z.strictObject({ ...claimField(), wait_s: waitField(0), ...targetFields() }),
  output: z.object({ tasks: z.array(leaseSchema), returned: z.int() }),
  errors: ['FORBIDDEN', 'NOT_FOUND'],
  // So many tasks with payloads of 64 KiB; larger ones go by CID.
  limits: { waits: true, timeoutMs: WAIT_TIMEOUT_MS, resultBytes: 16 * 1024 * 1024 },
  examples: [
    {
      title: 'Take one task',
      before: aWaits,
      input: { worker_id: 'w1', task_types: ['tool.call'] },
      output: { returned: 1, tasks: [{ task_id: 'a', status: 'running', attempt: 1, lease_seconds: 30 }] }
    },
    { title: 'Nothing to do', input: { worker_id: 'w1', wait_s: 0.01 }, output: { tasks: [], returned: 0 } }
  ],
  async run({ wait_s, ...claim }, { services: { queue }, principal, signal }) {
    const leases = await queue.claim({ ...toClaim(claim), principal }, { waitMs: wait_s * 1000, signal })
    return { tasks: leases.map(toLease), returned: leases.length }
  }
})
