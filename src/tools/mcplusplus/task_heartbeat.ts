import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns } from '../task-examples.ts'
import { given, leaseField, logsField, progressField, taskIdField, tokenField, toMs, toReport } from '../task-fields.ts'

export const taskHeartbeat = defineTool({
  name: 'task_heartbeat',
  group: 'p2p_taskqueue',
  title: 'Keep a claimed task, and report progress',
  askedFor: [
    'renew my lease',
    'I am still working on it',
    'report that half is done',
    'keep the job from being handed to another'
  ],
  description:
    'For workers: renews the lease of a claimed task and reports how far it is; the answer says whether somebody asked to cancel it. Send one each third of the lease, and stop after STALE_LEASE. Not for ending the task: use task_complete.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'task/work', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    lease_token: tokenField(),
    lease_seconds: leaseField().optional(),
    progress: progressField().optional(),
    logs: logsField().optional().describe('Lines since the last heartbeat; the newest 200 are kept'),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    lease_seconds: z.number(),
    cancel_requested: z.boolean().describe('Stop, and complete the task as cancelled'),
    cancel_reason: z.string().nullable()
  }),
  errors: ['NOT_FOUND', 'STALE_LEASE'],
  limits: { isIdempotent: true, isRetrySafe: true },
  examples: [
    {
      title: 'Half way',
      before: aRuns,
      input: { task_id: 'a', lease_token: '<lease_token>', progress: { fraction: 0.5, message: '5 of 10 files' } },
      output: { lease_seconds: 30, cancel_requested: false }
    },
    {
      title: 'Somebody asked to cancel',
      before: [...aRuns, { tool: 'task_cancel', args: { task_id: 'a', reason: 'changed my mind' } }],
      input: { task_id: 'a', lease_token: '<lease_token>' },
      output: { cancel_requested: true, cancel_reason: 'changed my mind' }
    }
  ],
  async run({ task_id, lease_token, lease_seconds, progress, logs }, { services: { queue }, principal, clock }) {
    const answer = await queue.heartbeat({
      taskId: task_id,
      leaseToken: lease_token,
      principal,
      ...given({ leaseMs: toMs(lease_seconds) }),
      ...toReport(progress, logs, clock.now())
    })
    return {
      task_id,
      lease_seconds: answer.leaseMs / 1000,
      cancel_requested: answer.cancel !== undefined,
      cancel_reason: answer.cancel?.reason ?? null
    }
  }
})
