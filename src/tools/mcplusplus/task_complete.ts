import { z } from 'zod'
import { AppError } from '../../core/errors.ts'
import { defineTool } from '../../core/tool.ts'
import type { Outcome } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { aRuns, bWaits } from '../task-examples.ts'
import {
  claimField,
  failureField,
  logsField,
  progressField,
  reasonField,
  taskIdField,
  toClaim,
  toFailure,
  tokenField,
  toReport
} from '../task-fields.ts'
import { leaseSchema, statusSchema, toLease } from '../task-view.ts'

export const taskComplete = defineTool({
  name: 'task_complete',
  aliases: [{ name: 'p2p_taskqueue_complete_task' }],
  group: 'p2p_taskqueue',
  title: 'Finish a claimed task',
  askedFor: ['tell the queue that the work is done', 'hand in the result', 'mark a job as finished or failed'],
  description:
    'For workers: ends a claimed task with its result or error, and with claim_next takes more in the same step. Sent twice it counts once; after STALE_LEASE nothing was taken. Not for giving a task back unfinished: use task_release.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'replace',
  capability: { ability: 'task/work', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    lease_token: tokenField(),
    status: z.enum(['completed', 'failed', 'cancelled']).default('completed'),
    result: z.unknown().optional().describe('Any JSON, of a completed task'),
    error: failureField().optional().describe('Of a failed task; a text is its message'),
    reason: reasonField().describe('Of a cancelled task'),
    logs: logsField().optional(),
    progress: progressField().optional(),
    claim_next: z.strictObject(claimField()).optional(),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    status: statusSchema.describe('queued when it will be tried again'),
    is_replay: z.boolean().describe('It was recorded before'),
    tasks: z.array(leaseSchema).describe('What claim_next took')
  }),
  errors: ['NOT_FOUND', 'STALE_LEASE', 'INVALID_INPUT', 'FORBIDDEN', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  limits: { isIdempotent: true, isRetrySafe: true, resultBytes: 16 * 1024 * 1024 },
  examples: [
    {
      title: 'Done, and the next task please',
      before: [...aRuns, ...bWaits],
      input: { task_id: 'a', lease_token: '<lease_token>', result: { rows: 3 }, claim_next: { worker_id: 'w1' } },
      output: { status: 'completed', is_replay: false, tasks: [{ task_id: 'b', status: 'running' }] }
    },
    {
      title: 'A failure that another attempt may mend',
      before: aRuns,
      input: {
        task_id: 'a',
        lease_token: '<lease_token>',
        status: 'failed',
        error: { code: 'FETCH_FAILED', message: 'The host did not answer' }
      },
      output: { status: 'queued', tasks: [] }
    }
  ],
  async run({ task_id, lease_token, progress, logs, claim_next, ...ending }, { services, principal, clock }) {
    const { status, isReplay, next } = await services.queue.complete({
      taskId: task_id,
      leaseToken: lease_token,
      principal,
      outcome: toOutcome(ending),
      ...toReport(progress, logs, clock.now()),
      ...(claim_next && { next: { ...toClaim(claim_next), principal } })
    })
    return { task_id, status, is_replay: isReplay, tasks: next.map(toLease) }
  }
})

interface Ending {
  status: Outcome['status']
  result?: unknown
  error?: z.output<ReturnType<typeof failureField>> | undefined
  reason?: string | undefined
}

function toOutcome({ status, result, error, reason }: Ending): Outcome {
  if (status === 'completed') return { status, result }
  if (status === 'cancelled') return { status, ...(reason !== undefined && { reason }) }
  if (error) return { status, error: toFailure(error) }
  const message = 'A failed task has an error, for example { "code": "FETCH_FAILED", "message": "…" }'
  throw new AppError('INVALID_INPUT', message, { issues: [{ path: '/error', message }] })
}
