/** Tasks, claims and workers as callers see them: one form in every tool that shows one. Times are ISO 8601, durations seconds. */
import { z } from 'zod'
import {
  type Lease,
  type LogLine,
  TASK_STATUSES,
  type Task,
  type TaskError,
  type Worker
} from '../services/queue/api.ts'
import { given } from './task-fields.ts'

export const statusSchema = z.enum(TASK_STATUSES)
export const errorSchema = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean().optional(),
  details: z.record(z.string(), z.unknown()).optional()
})
export const progressSchema = z.object({ fraction: z.number().optional(), message: z.string().optional() })
export const logsSchema = z.array(z.object({ at: z.string(), stream: z.string(), message: z.string() }))

export const taskSchema = z.object({
  task_id: z.string(),
  task_type: z.string(),
  model_name: z.string(),
  status: statusSchema,
  priority: z.int(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()).optional(),
  progress: progressSchema.nullable(),
  attempt: z.int().describe('Claims so far'),
  releases: z.int().describe('Times that a worker gave it back'),
  retry_policy: z
    .record(z.string(), z.unknown())
    .describe('max_attempts, base_s, factor, max_s, jitter, non_retryable'),
  dead_letter: z.boolean().describe('Failed after every attempt'),
  worker_id: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
  start_time: z.string().nullable(),
  end_time: z.string().nullable(),
  not_before: z.string().optional(),
  deadline_at: z.string().optional(),
  timeout: z.number().optional(),
  lease_until: z.string().optional(),
  heartbeat_at: z.string().optional(),
  cancel_requested_at: z.string().optional(),
  cancel_reason: z.string().optional(),
  error: errorSchema.optional().describe('Of the last attempt that failed'),
  submitter: z.object({ kind: z.string(), id: z.string() }),
  idempotency_key: z.string().optional(),
  session_id: z.string().optional(),
  sticky_worker_id: z.string().optional(),
  workflow_id: z.string().optional(),
  parent_task_id: z.string().optional(),
  requires: z.array(z.string()).optional(),
  retry_of: z.string().optional(),
  retry_count: z.int(),
  payload_cid: z.string().optional().describe('Of a payload over 64 KiB: task_body reads it'),
  result_cid: z.string().optional().describe('Of a result over 64 KiB: task_body reads it')
})

export const leaseSchema = taskSchema.extend({
  payload: z.record(z.string(), z.unknown()).optional(),
  lease_token: z.string(),
  lease_seconds: z.number()
})

export const workerSchema = z.object({
  worker_id: z.string(),
  status: z.enum(['active', 'draining', 'unregistered']),
  capabilities: z.array(z.string()),
  max_concurrent_tasks: z.int(),
  resource_limits: z.record(z.string(), z.unknown()),
  metadata: z.record(z.string(), z.unknown()),
  registered_at: z.string(),
  last_seen_at: z.string()
})

/** Without payload, result and logs. */
export function toTask(task: Task): z.output<typeof taskSchema> {
  const { retry } = task
  return {
    task_id: task.taskId,
    task_type: task.type,
    model_name: task.model,
    status: task.status,
    priority: task.priority,
    tags: [...task.tags],
    progress: task.progress ?? null,
    attempt: task.attempt,
    releases: task.releases,
    retry_policy: {
      max_attempts: retry.maxAttempts,
      base_s: retry.baseMs / 1000,
      factor: retry.factor,
      max_s: retry.maxMs / 1000,
      jitter: retry.jitter,
      non_retryable: [...retry.nonRetryable]
    },
    dead_letter: task.isDeadLetter,
    worker_id: task.workerId ?? null,
    created_at: isoTime(task.createdAt),
    updated_at: isoTime(task.updatedAt),
    start_time: maybeTime(task.startedAt) ?? null,
    end_time: maybeTime(task.finishedAt) ?? null,
    submitter: { kind: task.submitter.kind, id: task.submitter.id },
    retry_count: task.retryCount,
    ...given({
      metadata: Object.keys(task.metadata).length > 0 ? task.metadata : undefined,
      not_before: maybeTime(task.notBefore),
      deadline_at: maybeTime(task.deadlineAt),
      timeout: task.timeoutMs === undefined ? undefined : task.timeoutMs / 1000,
      lease_until: maybeTime(task.leaseUntil),
      heartbeat_at: maybeTime(task.heartbeatAt),
      cancel_requested_at: maybeTime(task.cancelRequestedAt),
      cancel_reason: task.cancelReason,
      error: task.error && toError(task.error),
      idempotency_key: task.idempotencyKey,
      session_id: task.sessionId,
      sticky_worker_id: task.stickyWorkerId,
      workflow_id: task.workflowId,
      parent_task_id: task.parentTaskId,
      requires: task.requires.length > 0 ? [...task.requires] : undefined,
      retry_of: task.retryOf,
      payload_cid: task.payloadCid,
      result_cid: task.resultCid
    })
  }
}

export function toLease({ task, leaseToken, leaseMs }: Lease): z.output<typeof leaseSchema> {
  return {
    ...toTask(task),
    ...given({ payload: task.payload }),
    lease_token: leaseToken,
    lease_seconds: leaseMs / 1000
  }
}

export function toWorker(worker: Worker): z.output<typeof workerSchema> {
  return {
    worker_id: worker.workerId,
    status: worker.status,
    capabilities: [...worker.capabilities],
    max_concurrent_tasks: worker.maxConcurrent,
    resource_limits: worker.resourceLimits,
    metadata: worker.metadata,
    registered_at: isoTime(worker.registeredAt),
    last_seen_at: isoTime(worker.lastSeenAt)
  }
}

/** As clients of Python nodes expect a task: under `task`, with its worker under another name as well. */
export function asTask<T extends { worker_id: string | null }>(
  task: T
): { task: T & { assigned_worker: string | null } } {
  return { task: { ...task, assigned_worker: task.worker_id } }
}

/** The first of the items whose JSON fits into so many characters. */
export function within<T>(items: readonly T[], maxCharacters: number): T[] {
  let left = maxCharacters
  const end = items.findIndex(item => {
    left -= JSON.stringify(item).length + 1
    return left < 0
  })
  return end < 0 ? [...items] : items.slice(0, end)
}

/** The newest of the lines whose JSON fits into so many characters. */
export function toLogs(lines: readonly LogLine[], maxCharacters: number): z.output<typeof logsSchema> {
  const newestFirst = lines.toReversed().map(({ at, stream, message }) => ({ at: isoTime(at), stream, message }))
  return within(newestFirst, maxCharacters).reverse()
}

export function toError({ code, message, retryable, details }: TaskError): z.output<typeof errorSchema> {
  return { code, message, ...given({ retryable, details }) }
}

export const isoTime = (ms: number): string => new Date(ms).toISOString()

const maybeTime = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : isoTime(ms))
