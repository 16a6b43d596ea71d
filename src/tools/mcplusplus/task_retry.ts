import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import { aFailed, aWaits } from '../task-examples.ts'
import { given, retryPolicyField, taskIdField, toRetry } from '../task-fields.ts'
import { statusSchema } from '../task-view.ts'

export const taskRetry = defineTool({
  name: 'task_retry',
  aliases: [{ name: 'mcplusplus_taskqueue_retry' }],
  group: 'p2p_taskqueue',
  title: 'Run a failed task once more',
  askedFor: ['try a failed job again', 'rerun dead letters', 'give it another attempt'],
  description:
    'Makes a new task with the content of one that failed or was cancelled; the old one stays as it is. Attempts of the retry policy come by themselves and need no call. Not for new work: use task_submit.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'create',
  capability: { ability: 'task/submit', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: taskIdField(),
    retry_config: retryPolicyField().optional().describe('What changes of the retry policy'),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    retry_task_id: z.string().describe('Of the new task'),
    status: statusSchema.describe('Of the new task'),
    retry_count: z.int().describe('How many tasks were before it'),
    queue_position: z.int().nullable()
  }),
  errors: ['NOT_FOUND', 'TASK_STATE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  examples: [
    {
      title: 'After a failure',
      before: aFailed,
      input: { task_id: 'a' },
      output: { task_id: 'a', status: 'queued', retry_count: 1 }
    },
    {
      title: 'With more patience',
      before: [...aWaits, { tool: 'task_cancel', args: { task_id: 'a' } }],
      input: { task_id: 'a', retry_config: { max_attempts: 10, base_s: 60 } },
      output: { status: 'queued', queue_position: 0 }
    }
  ],
  async run({ task_id, retry_config }, { services: { queue }, principal }) {
    const { retryCount } = await queue.get(task_id)
    const options = { submitter: principal, ...given({ retry: retry_config && toRetry(retry_config) }) }
    const { taskId, status, position } = await queue.retry(task_id, options)
    return {
      task_id,
      retry_task_id: taskId,
      status,
      retry_count: retryCount + 1,
      queue_position: position ?? null
    }
  }
})
