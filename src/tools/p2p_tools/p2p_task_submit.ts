import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { payloadField, taskTypeField } from '../task-fields.ts'
import { statusSchema } from '../task-view.ts'

export const p2pTaskSubmit = defineTool({
  name: 'p2p_task_submit',
  title: 'Submit a task for a model, plainly',
  askedFor: ['inference job by model name', 'queue work for a model', 'simple way to enqueue'],
  description:
    'Puts work into the queue by type, model and payload alone, as clients of the Python server know it. Not for work with priorities, tags, times or retries: use task_submit.',
  runtime: 'p2p',
  effect: 'create',
  capability: { ability: 'task/submit', resource: ({ task_type }) => `task-type:${task_type}` },
  needs: ['queue'],
  input: z.strictObject({
    task_type: taskTypeField(),
    payload: payloadField(),
    model_name: z.string().max(200).default('')
  }),
  output: z.object({ task_id: z.string(), status: statusSchema }),
  errors: ['INVALID_INPUT', 'SERVICE_UNAVAILABLE', 'TOO_LARGE', 'STORAGE_FULL', 'STORAGE_FAILED'],
  examples: [
    {
      title: 'A tool call',
      input: { task_type: 'tool.call', payload: { tool: 'list_datasets', args: {} } },
      output: { ok: true, status: 'queued' }
    },
    {
      title: 'Work for a model that a worker runs',
      before: [{ tool: 'worker_register', args: { worker_id: 'w1', capabilities: ['embedding'] } }],
      input: { task_type: 'embedding', model_name: 'gte-small', payload: { texts: ['a', 'b'] } },
      output: { ok: true, status: 'queued' }
    }
  ],
  async run({ task_type, payload, model_name }, { services: { queue }, principal, signal }) {
    const submission = { type: task_type, payload, model: model_name, submitter: principal }
    const { taskId, status } = await queue.submit(submission, { signal })
    return { task_id: taskId, status }
  }
})
