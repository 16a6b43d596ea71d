/**
 * Workers: who takes tasks from a queue and runs them.
 *
 * Guarantees (each is held by `test/services/workers/` and by the processes that `test/faults/` kills):
 * - A worker sees the queue through `WorkSource` alone, and claims no more tasks than it has places free: none waits in its memory.
 * - A task runs as its submitter, never as the worker.
 * - Leases are renewed at a third of their length. One that cannot be renewed before it ends by the worker's own steady clock, or
 *   that the queue calls stale, aborts the task: a worker that lost its task stops, and what it would still say is refused.
 * - A cancelled task is asked to stop by its signal; one that has not stopped after the grace is given up, and ends as `cancelled`.
 * - An attempt that takes longer than the task's time limit ends as DEADLINE_EXCEEDED in the same two steps.
 * - An answer to a completion that was lost is asked for again, by the same token, until the lease ends: a result is recorded once.
 * - A stopping worker claims nothing more, lets what runs finish within its time, gives the rest back without using up an attempt,
 *   and unregisters.
 * - A failure with a code reaches the queue with its code, its words and whether it may be tried again; any other throw becomes
 *   INTERNAL, whose detail is in the log only.
 * - Progress and log lines reach the queue while the task runs; a line may come twice when the answer to its report was lost.
 */
import type { Principal } from '../../core/principal.ts'
import type { Startable } from '../../core/startable.ts'
import type { JsonObject, LogLine, Progress, Task } from '../queue/api.ts'

declare module '../../core/tool.ts' {
  interface Services {
    workers: Workers
  }
}

/** The type of tasks that call a tool: payload `{ tool, args }`, result the tool's result. */
export const TOOL_CALL = 'tool.call'

/** The task types that this program runs. */
export const TYPES_RUN_HERE: readonly string[] = [TOOL_CALL]

/** One claimed task, as its handler sees it. */
export interface TaskRun {
  readonly task: Task
  readonly payload: JsonObject
  /** The right to run it. */
  readonly leaseToken: string
  /** Aborted when the task is cancelled, out of time, given back, or somebody else's by now. */
  readonly signal: AbortSignal
  progress(progress: Progress): void
  log(message: string, stream?: LogLine['stream']): void
}

/** Runs the tasks of one type. */
export interface TaskHandler {
  readonly type: string
  /** Resolves with the result. An AppError says by its code whether another attempt makes sense. */
  run(run: TaskRun): Promise<unknown>
}

export interface WorkerSettings {
  /** Of one worker and no other, now and later. */
  workerId: string
  /** Who claims. */
  principal: Principal
  /** Tasks that run at once. */
  concurrency: number
  /** What it can do beside the types of its handlers. */
  capabilities?: readonly string[]
  sessionId?: string
  /** Default DEFAULT_LEASE_MS of the queue. */
  leaseMs?: number
  /** How long a task may take to stop once it is asked to. Default 10,000. */
  cancelGraceMs?: number
  /** How long running tasks may take to finish when the worker stops. Default 10,000. */
  stopTimeoutMs?: number
  resourceLimits?: JsonObject
  metadata?: JsonObject
}

/** Registers when it starts; drains and unregisters when it stops. */
export interface TaskWorker extends Startable {
  readonly workerId: string
  /** The tasks that run now. */
  running(): readonly string[]
  /** Resolves when it claims no more: it was stopped, or somebody unregistered it. Of the last start. */
  ended(): Promise<void>
}

/** What a worker in another process asks of the process that holds the services. */
export interface LeasedRun extends Pick<TaskRun, 'signal' | 'progress' | 'log'> {
  taskId: string
  leaseToken: string
}

/** The workers of one node. Its own worker, if it has one, starts and stops with it. */
export interface Workers extends Startable {
  /**
   * Runs a task for whoever holds its lease, as its submitter, and answers its result. The lease is the whole right: what runs is what
   * was submitted. STALE_LEASE if the lease is not the task's any more, or the task was run under it before.
   */
  runLeased(run: LeasedRun): Promise<unknown>
}
