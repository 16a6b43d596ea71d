/** A task: what is asked for, and what became of it. */
import type { Principal } from '../../core/principal.ts'

export const TASK_STATUSES = ['queued', 'running', 'completed', 'failed', 'cancelled'] as const
export type TaskStatus = (typeof TASK_STATUSES)[number]
export const FINAL_STATUSES = ['completed', 'failed', 'cancelled'] as const satisfies readonly TaskStatus[]
export type FinalStatus = (typeof FINAL_STATUSES)[number]

export const PRIORITY = { min: 1, max: 10, fallback: 5 } as const
export const DEFAULT_LEASE_MS = 30_000
export const LEASE_MS = { min: 1000, max: 3_600_000 } as const
/** A payload or result of more JSON than this is kept in `blocks`, by its CID. */
export const INLINE_BYTES = 64 * 1024
/** The file that such a body is, in the directory that the CID names. */
export const BODY_FILE = 'task-body.json'
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024
export const MAX_RELEASES = 100
export const OVERTAKE_LIMIT = 1000
export const OVERTAKEN_TURN = 8
export const MAX_CLAIM = 128
/** An affinity to a worker or session lapses when that has not been seen for so long; then anybody may take the task. */
export const AFFINITY_LAPSE_MS = 180_000

export type JsonObject = { [key: string]: unknown }

export interface RetryPolicy {
  /** Claims that the task may have in all, from 1 to 1000. Default 3. */
  maxAttempts: number
  /** Delay before the second attempt. Default 1000. */
  baseMs: number
  /** Growth of the delay from one attempt to the next, at least 1. Default 2. */
  factor: number
  /** No delay is longer. Default 3,600,000. */
  maxMs: number
  /** Share of the delay that varies, 0 to 1. Default 0.1. */
  jitter: number
  /** Error codes after which no attempt is made. */
  nonRetryable: readonly string[]
}

export interface TaskError {
  code: string
  message: string
  /** False ends the task at once. Default true. */
  retryable?: boolean
  details?: JsonObject
}

export interface Progress {
  /** Share done, 0 to 1, where it is known. */
  fraction?: number
  message?: string
}

export interface LogLine {
  at: number
  stream: 'log' | 'stdout' | 'stderr'
  message: string
}

/** What a task is from its submission to its removal. */
export interface TaskRequest {
  /** Chosen by the submitter; it is then also the idempotency key. */
  taskId?: string
  type: string
  /** The model that the task asks for, where its type knows models. */
  model?: string
  payload: JsonObject
  /** 1 to 10, higher first; a fraction is rounded. Default 5. */
  priority?: number
  tags?: readonly string[]
  metadata?: JsonObject
  /** Not claimed before. */
  notBefore?: number
  /** Failed with DEADLINE_EXCEEDED if not finished by then. */
  deadlineAt?: number
  /** Of one attempt. */
  timeoutMs?: number
  retry?: Partial<RetryPolicy>
  idempotencyKey?: string
  /** Only workers of this session take it, until the affinity lapses. */
  sessionId?: string
  /** Only this worker takes it, until the affinity lapses. */
  stickyWorkerId?: string
  workflowId?: string
  parentTaskId?: string
  /** Capabilities that a worker must have besides the type. */
  requires?: readonly string[]
}

export interface Submission extends TaskRequest {
  /** Who submits, as the dispatcher authenticated it: the task runs as this principal. */
  submitter: Principal
}

export interface Task {
  taskId: string
  type: string
  model: string
  status: TaskStatus
  priority: number
  tags: readonly string[]
  metadata: JsonObject
  /** Absent when it is kept in blocks: `payloadCid` then names it, and `Queue.body` reads it. */
  payload?: JsonObject
  payloadCid?: string
  /** Of a completed task. Absent when it is kept in blocks. */
  result?: unknown
  resultCid?: string
  /** Of the last attempt that failed. */
  error?: TaskError
  progress?: Progress
  logs: readonly LogLine[]
  attempt: number
  releases: number
  retry: RetryPolicy
  createdAt: number
  updatedAt: number
  notBefore?: number
  deadlineAt?: number
  timeoutMs?: number
  /** Of the last attempt. */
  startedAt?: number
  finishedAt?: number
  workerId?: string
  leaseUntil?: number
  heartbeatAt?: number
  cancelRequestedAt?: number
  cancelReason?: string
  /** Failed after every attempt was used. */
  isDeadLetter: boolean
  submitter: Principal
  idempotencyKey?: string
  /** Of the span in which it was submitted, where there was one: the spans of its attempts are linked to that. */
  traceparent?: string
  sessionId?: string
  stickyWorkerId?: string
  workflowId?: string
  parentTaskId?: string
  /** The task that this one repeats, and how many were before it. */
  retryOf?: string
  retryCount: number
  requires: readonly string[]
}

export interface Submitted {
  taskId: string
  status: TaskStatus
  /** The task was there already. */
  isReplay: boolean
  /** Tasks that would be claimed before it, if every worker took every type. Absent if it is not waiting. */
  position?: number
}
