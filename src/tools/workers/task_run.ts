import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { taskIdField, tokenField } from '../task-fields.ts'

export const taskRun = defineTool({
  name: 'task_run',
  title: 'Run a claimed task',
  description:
    'Runs a task for the worker that holds its lease, in the process that has the services, as the submitter of the task, once per lease. Not for submitting one: use task_submit.',
  runtime: 'p2p',
  effect: 'external',
  capability: { ability: 'task/run', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['workers'],
  input: z.strictObject({
    task_id: taskIdField(),
    lease_token: tokenField().describe('Of the claim; it is the whole right to run the task')
  }),
  output: z.object({ task_id: z.string(), result: z.unknown().optional() }),
  errors: ['STALE_LEASE', 'NOT_FOUND', 'UNSUPPORTED', 'FORBIDDEN', 'INVALID_INPUT', 'TOOL_NOT_FOUND'],
  // The call inside has its tool's own limit of time and size.
  limits: { timeoutMs: 86_400_000, resultBytes: 16 * 1024 * 1024, waits: true },
  examples: [
    {
      title: 'A task that nobody submitted',
      input: { task_id: 'none', lease_token: '1700000000-000000000001' },
      output: { success: false, error: 'NOT_FOUND' }
    },
    {
      title: 'A lease of another store',
      input: { task_id: 'some-task', lease_token: '0000000001-000000000001' },
      output: { success: false, error: 'NOT_FOUND' }
    }
  ],
  async run({ task_id, lease_token }, { services, signal, progress, client }) {
    const result = await services.workers.runLeased({
      taskId: task_id,
      leaseToken: lease_token,
      signal,
      progress: ({ fraction = 0, message }) => progress(fraction, 1, message),
      log: message => client.tell('info', message)
    })
    return { task_id, result }
  }
})
