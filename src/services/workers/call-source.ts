/**
 * The queue of another process as a source of work: each operation is a call of the tool that does it there. Requests to cancel come
 * with the answers to heartbeats.
 */
import { AppError } from '../../core/errors.ts'
import type { Evidence } from '../../core/principal.ts'
import type { Invoke } from '../../core/tool.ts'
import type { ClaimRequest, JsonObject, Lease, Outcome, Task, TaskError, Worker, WorkSource } from '../queue/api.ts'
import type { Report } from './news.ts'

/** What the tools take of each; the queue keeps less of a line. */
const MAX_LINE_LENGTH = 1000
const MAX_MESSAGE_LENGTH = 4000
const MAX_DETAILS_LENGTH = 16_384

export function createCallSource(invoke: Invoke, evidence: Evidence): WorkSource {
  async function call<T>(tool: string, args: JsonObject, signal?: AbortSignal): Promise<T> {
    const { envelope, failure } = await invoke({ tool, args, evidence, ...(signal && { signal }) })
    if (failure) throw failure
    // The other side is this program, and its answers were checked by the schemas of its tools.
    return envelope as T
  }

  return {
    async registerWorker({ workerId, capabilities, maxConcurrent, resourceLimits, metadata, principal }) {
      const worker = await call<WireWorker>('worker_register', {
        worker_id: workerId,
        capabilities: [...capabilities],
        ...(maxConcurrent !== undefined && { max_concurrent_tasks: maxConcurrent }),
        ...(resourceLimits && { resource_limits: resourceLimits }),
        ...(metadata && { metadata })
      })
      return {
        workerId,
        status: worker.status,
        capabilities: worker.capabilities,
        maxConcurrent: worker.max_concurrent_tasks,
        resourceLimits: worker.resource_limits,
        metadata: worker.metadata,
        principal,
        registeredAt: Date.parse(worker.registered_at),
        lastSeenAt: Date.parse(worker.last_seen_at),
        running: [],
        completed: 0,
        failed: 0
      }
    },

    async unregisterWorker(workerId, { graceful = true, principal }) {
      const { status, abandoned_tasks, completed_tasks } = await call<WireUnregistered>('worker_unregister', {
        worker_id: workerId,
        graceful
      })
      const nothing = { capabilities: [], maxConcurrent: 0, resourceLimits: {}, metadata: {}, running: [], failed: 0 }
      const times = { registeredAt: 0, lastSeenAt: 0 }
      return {
        worker: { workerId, status, principal, ...nothing, ...times, completed: completed_tasks },
        abandoned: abandoned_tasks
      }
    },

    async claim(request, { waitMs = 0, signal } = {}) {
      const args = { ...claimArgs(request), wait_s: waitMs / 1000 }
      return (await call<{ tasks: WireLease[] }>('task_claim', args, signal)).tasks.map(leaseOf)
    },

    async heartbeat({ taskId, leaseToken, leaseMs, ...report }) {
      const answer = await call<WireHeartbeat>('task_heartbeat', {
        task_id: taskId,
        lease_token: leaseToken,
        ...(leaseMs !== undefined && { lease_seconds: leaseMs / 1000 }),
        ...reportArgs(report)
      })
      const { cancel_requested, cancel_reason } = answer
      return {
        leaseMs: answer.lease_seconds * 1000,
        ...(cancel_requested && { cancel: cancel_reason === null ? {} : { reason: cancel_reason } })
      }
    },

    async complete({ taskId, leaseToken, outcome, next, ...report }) {
      const { status, is_replay, tasks } = await call<WireCompleted>('task_complete', {
        task_id: taskId,
        lease_token: leaseToken,
        ...outcomeArgs(outcome),
        ...reportArgs(report),
        ...(next && { claim_next: claimArgs(next) })
      })
      return { status, isReplay: is_replay, next: tasks.map(leaseOf) }
    },

    release: ({ taskId, leaseToken, reason }) =>
      call('task_release', { task_id: taskId, lease_token: leaseToken, ...(reason !== undefined && { reason }) }),

    async *cancellations(_workerId, signal) {
      if (!signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
    },

    async body(cid, signal, taskId) {
      const parts: Buffer[] = []
      for (let offset = 0; ; ) {
        const part = await call<WirePart>('task_body', { task_id: taskId, offset }, signal)
        if (part.cid !== cid) throw new AppError('BAD_DATA', `The payload of task "${taskId}" is not ${cid}`)
        parts.push(Buffer.from(part.content, 'base64'))
        offset += part.returned
        if (offset >= part.total) return JSON.parse(Buffer.concat(parts).toString('utf8'))
        if (part.returned === 0) throw new AppError('BAD_DATA', `The payload ${cid} ends before it is whole`)
      }
    }
  }
}

interface WireTask {
  task_id: string
  task_type: string
  model_name: string
  status: Task['status']
  priority: number
  tags: string[]
  metadata?: JsonObject
  attempt: number
  releases: number
  retry_policy: {
    max_attempts: number
    base_s: number
    factor: number
    max_s: number
    jitter: number
    non_retryable: string[]
  }
  worker_id: string | null
  created_at: string
  updated_at: string
  deadline_at?: string
  timeout?: number
  submitter: Task['submitter']
  session_id?: string
  workflow_id?: string
  parent_task_id?: string
  requires?: string[]
  retry_count: number
  payload_cid?: string
}
type WireLease = WireTask & { payload?: JsonObject; lease_token: string; lease_seconds: number }
type WireCompleted = { status: Task['status']; is_replay: boolean; tasks: WireLease[] }
type WireHeartbeat = { lease_seconds: number; cancel_requested: boolean; cancel_reason: string | null }
type WireUnregistered = { status: Worker['status']; abandoned_tasks: number; completed_tasks: number }
type WirePart = { cid: string; content: string; returned: number; total: number }
interface WireWorker {
  status: Worker['status']
  capabilities: string[]
  max_concurrent_tasks: number
  resource_limits: JsonObject
  metadata: JsonObject
  registered_at: string
  last_seen_at: string
}

function leaseOf({ lease_token, lease_seconds, payload, ...wire }: WireLease): Lease {
  const { retry_policy: retry } = wire
  const task: Task = {
    taskId: wire.task_id,
    type: wire.task_type,
    model: wire.model_name,
    status: wire.status,
    priority: wire.priority,
    tags: wire.tags,
    metadata: wire.metadata ?? {},
    logs: [],
    attempt: wire.attempt,
    releases: wire.releases,
    retry: {
      maxAttempts: retry.max_attempts,
      baseMs: retry.base_s * 1000,
      factor: retry.factor,
      maxMs: retry.max_s * 1000,
      jitter: retry.jitter,
      nonRetryable: retry.non_retryable
    },
    createdAt: Date.parse(wire.created_at),
    updatedAt: Date.parse(wire.updated_at),
    isDeadLetter: false,
    submitter: wire.submitter,
    retryCount: wire.retry_count,
    requires: wire.requires ?? [],
    ...(payload && { payload }),
    ...(wire.payload_cid !== undefined && { payloadCid: wire.payload_cid }),
    ...(wire.deadline_at !== undefined && { deadlineAt: Date.parse(wire.deadline_at) }),
    ...(wire.timeout !== undefined && { timeoutMs: wire.timeout * 1000 }),
    ...(wire.worker_id !== null && { workerId: wire.worker_id }),
    ...(wire.session_id !== undefined && { sessionId: wire.session_id }),
    ...(wire.workflow_id !== undefined && { workflowId: wire.workflow_id }),
    ...(wire.parent_task_id !== undefined && { parentTaskId: wire.parent_task_id })
  }
  return { task, leaseToken: lease_token, leaseMs: lease_seconds * 1000 }
}

function claimArgs({ workerId, types, capabilities, sessionId, max, leaseMs, taskId }: ClaimRequest): JsonObject {
  return {
    worker_id: workerId,
    ...(types && { task_types: [...types] }),
    ...(capabilities && { capabilities: [...capabilities] }),
    ...(sessionId !== undefined && { session_id: sessionId }),
    ...(max !== undefined && { max_tasks: max }),
    ...(leaseMs !== undefined && { lease_seconds: leaseMs / 1000 }),
    ...(taskId !== undefined && { task_id: taskId })
  }
}

function outcomeArgs(outcome: Outcome): JsonObject {
  if (outcome.status === 'failed') return { status: 'failed', error: errorArgs(outcome.error) }
  return { ...outcome }
}

function errorArgs({ code, message, retryable, details }: TaskError): JsonObject {
  const isSmall = details && JSON.stringify(details).length <= MAX_DETAILS_LENGTH
  return {
    code,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    ...(retryable !== undefined && { retryable }),
    ...(isSmall && { details })
  }
}

function reportArgs({ progress, logs }: Report): JsonObject {
  return {
    ...(progress && { progress: { ...progress, ...cutMessage(progress) } }),
    ...(logs && {
      logs: logs.map(({ at, stream, message }) => ({
        at: new Date(at).toISOString(),
        stream,
        message: message.slice(0, MAX_LINE_LENGTH)
      }))
    })
  }
}

function cutMessage({ fraction, message }: NonNullable<Report['progress']>): JsonObject {
  return {
    ...(fraction !== undefined && { fraction: Math.min(1, Math.max(0, fraction)) }),
    ...(message !== undefined && { message: message.slice(0, MAX_LINE_LENGTH) })
  }
}
