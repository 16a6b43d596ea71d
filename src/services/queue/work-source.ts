/** A queue as workers see it: leases, heartbeats, completions. */
import type { Principal } from '../../core/principal.ts'
import type { JsonObject, LogLine, Progress, Task, TaskError, TaskStatus } from './task.ts'

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
