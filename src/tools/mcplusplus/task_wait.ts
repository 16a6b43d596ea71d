import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { FINAL_STATUSES } from '../../services/queue/api.ts'
import { targetFields } from '../peer-fields.ts'
import { aWaits } from '../task-examples.ts'
import { given, taskIdField, WAIT_TIMEOUT_MS, waitField } from '../task-fields.ts'
import { asTask, taskSchema, toTask } from '../task-view.ts'

export const taskWait = defineTool({
  name: 'task_wait',
  aliases: [{ name: 'p2p_taskqueue_wait_task', parameters: { timeout_s: 'wait_s' }, result: asTask }],
  group: 'p2p_taskqueue',
  title: 'Wait for a task to end',
  askedFor: ['block until the work is done', 'pause here until a job has finished', 'tell me as soon as it ends'],
  description:
    'Waits until a task is completed, failed or cancelled, or for so many seconds, and answers it with its result. When it has not ended by then, is_final is false: call again; what its worker reports comes as progress. Not for a look in passing: use task_status.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'read',
  capability: { ability: 'task/read', resource: ({ task_id }) => `task:${task_id}` },
  needs: ['queue'],
  input: z.strictObject({ task_id: taskIdField(), wait_s: waitField(60), ...targetFields() }),
  output: taskSchema.extend({ is_final: z.boolean(), result: z.unknown().optional() }),
  errors: ['NOT_FOUND'],
  limits: { isIdempotent: true, isRetrySafe: true, waits: true, resultBytes: 200_000, timeoutMs: WAIT_TIMEOUT_MS },
  examples: [
    {
      title: 'A task that nobody runs yet',
      before: aWaits,
      input: { task_id: 'a', wait_s: 0.01 },
      output: { task_id: 'a', status: 'queued', is_final: false }
    },
    {
      title: 'A task that has ended',
      before: [...aWaits, { tool: 'task_cancel', args: { task_id: 'a' } }],
      input: { task_id: 'a' },
      output: { status: 'cancelled', is_final: true }
    }
  ],
  async run({ task_id, wait_s }, { services: { queue }, signal, progress }) {
    const tell = async () => {
      const { progress: made } = await queue.get(task_id)
      if (made) progress(made.fraction ?? 0, 1, made.message)
    }
    const stopListening = queue.onChange(({ taskId, event }) => {
      // A task that is gone by then is told by the wait itself.
      if (taskId === task_id && event === 'progress') void tell().catch(() => {})
    })
    const task = await queue.wait(task_id, { waitMs: wait_s * 1000, signal }).finally(stopListening)
    const is_final = FINAL_STATUSES.some(status => status === task.status)
    return { ...toTask(task), is_final, ...given({ result: task.result }) }
  }
})
