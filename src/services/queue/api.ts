/**
 * The durable task queue: what a submitter, an operator and a worker may do with it.
 *
 * Guarantees (each is held by the suite in `test/suites/queue/` and by the simulation in `test/sim/`):
 * - Durable before acknowledgement: what a call answered survives a killed process, and a power loss as far as the disk keeps its word.
 * - At least one attempt: an accepted task is claimed by somebody, or ends as `failed` or `cancelled` with the reason.
 * - At most once per fence: each claim has a lease token, larger than every one before it in the life of the store, across restarts.
 *   Heartbeats, completions and releases must show the token of the current claim; any other is STALE_LEASE and changes nothing.
 *   So a worker that comes back after its lease has ended cannot finish the task of its successor. A token can be guessed from those
 *   before it, so to a peer that did not claim under it, it is STALE_LEASE too.
 * - A result is final: a task that is completed, failed or cancelled never changes again. To repeat it, `retry` makes a new task.
 * - Bounded retries: a task is claimed at most `maxAttempts` times and given back at most MAX_RELEASES times.
 * - No starvation: higher priorities first, and first come first served within one; but a task that OVERTAKE_LIMIT claims have
 *   passed by comes next at every OVERTAKEN_TURN-th claim, the oldest first. A task that cannot run yet delays no other.
 * - A lease that runs out is seen by a timer, whether or not anybody claims.
 * - One identity, one task: the same task id or idempotency key of the same submitter with the same content answers the task that
 *   there is; with other content it is IDEMPOTENCY_CONFLICT. An identity is remembered as long as its task is kept.
 * - Concurrent operations share one transaction and one sync; a failed one of them fails alone. After STORAGE_FAILED or STORAGE_FULL
 *   the outcome of the operation is unknown until it is asked for; nothing is half done.
 * - Wall-clock jumps neither end nor prolong a lease.
 *
 * Times are milliseconds since 1970 unless the name says otherwise. An aborted signal ends a wait with the signal's reason.
 */
import type { Principal } from '../../core/principal.ts'
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    queue: Queue
  }
}

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

/** A claimed task, and the right to finish it. */
export interface Lease {
  task: Task
  /** Increases from claim to claim; text order is the order of claims. */
  leaseToken: string
  /** The lease ends so long after it was asked for, unless a heartbeat renews it. */
  leaseMs: number
}

export interface ClaimRequest {
  workerId: string
  /** Task types that it runs; `tool.call/<tool>` for the calls of one tool only. Empty for every type. */
  types?: readonly string[]
  /** What else it can do: a task that requires more is not for it. */
  capabilities?: readonly string[]
  sessionId?: string
  /** Default 1, at most MAX_CLAIM. */
  max?: number
  leaseMs?: number
  /** Takes no task of a higher priority. */
  maxPriority?: number
  /** Takes this task only. */
  taskId?: string
  /** Who claims. A worker id belongs to the principal that used it first: FORBIDDEN for others. */
  principal: Principal
}

export interface WaitOptions {
  /** How long to wait for what is not there yet. Default 0. */
  waitMs?: number
  signal?: AbortSignal
}

/** Who shows a token, where that is not known to be the worker. */
export interface Shown {
  principal?: Principal
}

export interface Heartbeat extends Shown {
  taskId: string
  leaseToken: string
  /** Of the renewed lease; the one of the claim if absent. */
  leaseMs?: number
  progress?: Progress
  /** Lines since the last heartbeat. The newest 200 of a task are kept. */
  logs?: readonly LogLine[]
}

export interface HeartbeatAnswer {
  leaseMs: number
  /** Set when somebody asked to cancel: the worker should stop and complete as `cancelled`. */
  cancel?: { reason?: string }
}

export type Outcome =
  | { status: 'completed'; result?: unknown }
  | { status: 'failed'; error: TaskError }
  | { status: 'cancelled'; reason?: string }

export interface Completion extends Shown {
  taskId: string
  leaseToken: string
  outcome: Outcome
  progress?: Progress
  logs?: readonly LogLine[]
  /** Claims more in the same operation and commit. */
  next?: ClaimRequest
}

export interface Completed {
  /** `queued` when it will be tried again. */
  status: TaskStatus
  /** This completion was recorded before: its answer was lost on the way. */
  isReplay: boolean
  next: readonly Lease[]
}

export interface Return extends Shown {
  taskId: string
  leaseToken: string
  reason?: string
}

export interface Cancellation {
  taskId: string
  reason?: string
}

/** What a worker needs of a queue. A worker sees nothing else, so that a queue on another node is the same to it. */
export interface WorkSource {
  registerWorker(worker: WorkerRequest): Promise<Worker>
  /** `graceful` lets it finish what it runs and gives it nothing more; otherwise its tasks go back at once. */
  unregisterWorker(workerId: string, options: { graceful?: boolean; principal: Principal }): Promise<UnregisteredWorker>
  /** Best first; none at once, or after `waitMs`, if there is nothing for it. */
  claim(request: ClaimRequest, options?: WaitOptions): Promise<readonly Lease[]>
  /** STALE_LEASE if the task is no longer this claim's. */
  heartbeat(beat: Heartbeat): Promise<HeartbeatAnswer>
  /** STALE_LEASE if the task is no longer this claim's; `next` is then not claimed either. */
  complete(completion: Completion): Promise<Completed>
  /** Gives the task back without using up an attempt. */
  release(request: Return): Promise<{ status: TaskStatus }>
  /** Requests to cancel what this worker runs, as they come. A help for promptness: heartbeats say the same. */
  cancellations(workerId: string, signal: AbortSignal): AsyncIterable<Cancellation>
  /** The payload or result that is kept in blocks under this CID. Another node gives it only with the task that it belongs to. */
  body(cid: string, signal?: AbortSignal, taskId?: string): Promise<unknown>
}

export interface Queue extends Startable, WorkSource {
  submit(submission: Submission, options?: { signal?: AbortSignal }): Promise<Submitted>
  /** NOT_FOUND if there is no such task. */
  get(taskId: string): Promise<Task>
  /** Its place among those that wait; undefined if it does not wait, or is further back than POSITION_LIMIT. */
  position(taskId: string): Promise<number | undefined>
  /** When a task at this place is likely to start, by what was finished in the last minutes; undefined if that says nothing. */
  estimateStart(position: number): Promise<number | undefined>
  /** The task when it is final, or as it is after `waitMs`. */
  wait(taskId: string, options?: WaitOptions): Promise<Task>
  list(query?: TaskQuery): Promise<TaskPage>

  /** Waiting tasks end at once; a running one is asked to stop, or with `force` loses its lease and ends at once. TASK_STATE if it is final. */
  cancel(taskId: string, options?: { reason?: string; force?: boolean }): Promise<Task>
  /** TASK_STATE if it is final. */
  reprioritize(taskId: string, priority: number): Promise<{ task: Task; oldPriority: number }>
  /** A new task with the content of a failed or cancelled one. TASK_STATE for others. */
  retry(taskId: string, options: { submitter: Principal; retry?: Partial<RetryPolicy> }): Promise<Submitted>
  /** Removes a final task. TASK_STATE if it is not. */
  remove(taskId: string): Promise<void>

  /** Nothing is claimed until `resume`; what runs goes on, and submissions are taken. */
  pause(reason?: string): Promise<QueueState>
  resume(): Promise<QueueState>
  /**
   * Ends every waiting task as `cancelled`, or removes those of a final status. It holds from its answer on; the rows follow in
   * bounded steps.
   */
  clear(status?: 'queued' | FinalStatus): Promise<{ cleared: number; remaining: number }>
  stats(): Promise<QueueStats>

  /** Forgotten when it was not seen for as long as finished tasks are kept. */
  worker(workerId: string): Promise<Worker>
  workers(): Promise<readonly Worker[]>

  /** Every change of a task's status or progress in this queue, in order. Returns what ends the listening. */
  onChange(listener: (change: TaskChange) => void): () => void
}

/** Positions further back are not counted. */
export const POSITION_LIMIT = 10_000

export interface TaskChange {
  taskId: string
  status: TaskStatus
  /** What happened to it. */
  event: 'submitted' | 'ready' | 'claimed' | 'progress' | 'finished' | 'requeued' | 'cancel-requested' | 'removed'
  workerId?: string
}

export interface TaskQuery {
  /** `dead_letter` for the failed ones whose attempts are used up. */
  status?: TaskStatus | 'dead_letter'
  types?: readonly string[]
  workerId?: string
  /** All of them. */
  tags?: readonly string[]
  minPriority?: number
  workflowId?: string
  /** Default oldest first, by submission. */
  order?: 'oldest' | 'newest'
  /** Default 100, at most 1000. */
  limit?: number
  /** `nextCursor` of the page before, with the same filters: INVALID_INPUT at `/cursor` otherwise. */
  cursor?: string
  /** Leaves out so many first; for callers that page by numbers. */
  offset?: number
}

export interface TaskPage {
  /** Without payloads, results and logs: `get` has them. */
  tasks: readonly Task[]
  total: number
  /** False when there are more than were counted. */
  isTotalExact: boolean
  nextCursor?: string
}

export interface QueueState {
  isPaused: boolean
  reason?: string
  since?: number
  queued: number
  running: number
}

export interface QueueStats extends QueueState {
  counts: Record<TaskStatus, number>
  deadLetters: number
  byType: Record<string, { queued: number; running: number }>
  /** Means over all finished tasks that were counted; undefined before the first. */
  meanWaitMs?: number
  meanRunMs?: number
  /** Tasks finished in the last full minutes, per second. */
  throughput: number
  /** The last 60 minutes in which something happened, oldest first. */
  history: readonly MinuteStats[]
}

export interface MinuteStats {
  minute: number
  submitted: number
  completed: number
  failed: number
  cancelled: number
}

export interface WorkerRequest {
  workerId: string
  /** Task types, and whatever else tasks may require. */
  capabilities: readonly string[]
  /** Default 5. */
  maxConcurrent?: number
  /** For the worker to hold: `memory_mb`, `timeout_s`, … */
  resourceLimits?: JsonObject
  metadata?: JsonObject
  principal: Principal
}

export interface Worker {
  workerId: string
  status: 'active' | 'draining' | 'unregistered'
  capabilities: readonly string[]
  maxConcurrent: number
  resourceLimits: JsonObject
  metadata: JsonObject
  principal: Principal
  registeredAt: number
  lastSeenAt: number
  running: readonly string[]
  completed: number
  failed: number
}

export interface UnregisteredWorker {
  worker: Worker
  /** Tasks that went back to the queue. */
  abandoned: number
}
