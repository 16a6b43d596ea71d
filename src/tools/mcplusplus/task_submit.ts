import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { targetFields } from '../peer-fields.ts'
import {
  given,
  notesField,
  payloadField,
  priorityField,
  retryPolicyField,
  tagsField,
  taskTypeField,
  timeField,
  toMs,
  toRetry,
  toTime
} from '../task-fields.ts'
import { isoTime, statusSchema } from '../task-view.ts'

const nameField = () => z.string().min(1).max(200).optional()

export const taskSubmit = defineTool({
  name: 'task_submit',
  aliases: [{ name: 'p2p_taskqueue_submit' }, { name: 'mcplusplus_taskqueue_submit' }],
  group: 'p2p_taskqueue',
  title: 'Submit a task to the queue',
  askedFor: [
    'queue a job for the workers',
    'run this later',
    'enqueue work with priority and deadline',
    'schedule something for tonight',
    'do not run the same job twice'
  ],
  description:
    'Puts work into the durable queue, for a worker to run later and to try again if it fails; it is stored when this answers. Then task_wait or task_status by its task_id. Not for an answer at once: use tools_dispatch.',
  runtime: 'p2p',
  remote: 'peer',
  effect: 'create',
  capability: { ability: 'task/submit', resource: ({ task_type }) => `task-type:${task_type}` },
  needs: ['queue'],
  input: z.strictObject({
    task_id: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Of your choice; the same one again with the same content adds nothing'),
    task_type: taskTypeField().describe('For example tool.call, which runs a tool of this server'),
    payload: payloadField().describe('Of tool.call: { tool, args }'),
    model_name: z.string().max(200).optional(),
    priority: priorityField().default(5),
    tags: tagsField().optional(),
    metadata: notesField(),
    timeout: z.number().min(0.001).max(2_592_000).optional().describe('Seconds that one attempt may take'),
    retry_policy: retryPolicyField().optional(),
    not_before: timeField().optional(),
    deadline_at: timeField().optional().describe('Fails if not finished by then'),
    idempotency_key: nameField().describe('Like task_id, where the id is not yours to choose'),
    session_id: nameField().describe('Only workers of this session take it, unless they are gone'),
    sticky_worker_id: nameField().describe('Only this worker takes it, unless it is gone'),
    workflow_id: nameField(),
    parent_task_id: nameField(),
    requires: z.array(z.string().min(1).max(200)).max(32).optional().describe('Capabilities that its worker must have'),
    ...targetFields()
  }),
  output: z.object({
    task_id: z.string(),
    status: statusSchema,
    is_replay: z.boolean().describe('It was there already'),
    queue_position: z.int().nullable().describe('Tasks that come before it; null if it does not wait'),
    estimated_start_time: z.string().nullable().describe('By what was finished of late; null if that says nothing'),
    assigned_worker: z.string().nullable()
  }),
  errors: [
    'INVALID_INPUT',
    'SERVICE_UNAVAILABLE',
    'IDEMPOTENCY_CONFLICT',
    'TOO_LARGE',
    'STORAGE_FULL',
    'STORAGE_FAILED'
  ],
  examples: [
    {
      title: 'Run a tool in the background',
      input: { task_type: 'tool.call', payload: { tool: 'list_datasets', args: {} } },
      output: { ok: true, status: 'queued', is_replay: false, queue_position: 0 }
    },
    {
      title: 'The same id twice is one task',
      before: [
        { tool: 'task_submit', args: { task_id: 'nightly', task_type: 'tool.call', payload: { tool: 'ipfs_gc' } } }
      ],
      input: { task_id: 'nightly', task_type: 'tool.call', payload: { tool: 'ipfs_gc' }, priority: 8 },
      output: { task_id: 'nightly', is_replay: true }
    }
  ],
  async run(input, { services: { queue }, principal, signal }) {
    const submission = {
      type: input.task_type,
      payload: input.payload,
      priority: input.priority,
      submitter: principal,
      ...given({
        taskId: input.task_id,
        model: input.model_name,
        tags: input.tags,
        metadata: input.metadata,
        timeoutMs: toMs(input.timeout),
        retry: input.retry_policy && toRetry(input.retry_policy),
        notBefore: toTime(input.not_before),
        deadlineAt: toTime(input.deadline_at),
        idempotencyKey: input.idempotency_key,
        sessionId: input.session_id,
        stickyWorkerId: input.sticky_worker_id,
        workflowId: input.workflow_id,
        parentTaskId: input.parent_task_id,
        requires: input.requires
      })
    }
    const { taskId, status, isReplay, position } = await queue.submit(submission, { signal })
    const startsAt = position === undefined ? undefined : await queue.estimateStart(position)
    return {
      task_id: taskId,
      status,
      is_replay: isReplay,
      queue_position: position ?? null,
      estimated_start_time: startsAt === undefined ? null : isoTime(startsAt),
      assigned_worker: null
    }
  }
})
