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
import type { FinalStatus, RetryPolicy, Submission, Submitted, Task, TaskStatus } from './task.ts'
import type { WaitOptions, Worker, WorkSource } from './work-source.ts'

declare module '../../core/tool.ts' {
  interface Services {
    queue: Queue
  }
}

export * from './task.ts'
export * from './work-source.ts'

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
