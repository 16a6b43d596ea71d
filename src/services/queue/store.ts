/**
 * Where the queue keeps its tasks: a store takes batches of operations and answers reads. Whoever implements it promises:
 * - `commit` applies a batch in its order, in one transaction, and answers when it is durable. An operation that is refused changes
 *   nothing and fails alone. When `commit` itself throws, the outcome of the whole batch is unknown, and all or nothing of it is done.
 * - Each `open` begins an epoch that is larger than every one before. Lease tokens are made of the epoch and a counter.
 * - Several processes may share a store if it can: nothing here assumes that a batch of ours is the only one.
 */
import type { ErrorCode, Issue } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import type {
  FinalStatus,
  JsonObject,
  LogLine,
  MinuteStats,
  Progress,
  RetryPolicy,
  TaskChange,
  TaskError,
  TaskStatus,
  Worker
} from './api.ts'

/** The two times of a batch. */
export interface Time {
  /** Wall clock: submission, not-before, deadlines, retention. */
  now: number
  /** Grows evenly while the store is open, whatever the wall clock does: leases. Near `now` when the store was opened. */
  steady: number
}

export interface QueueStore {
  /** Makes ready what is there, and begins an epoch, in which leases begin anew: see `logic/begin-anew.ts`. */
  open(time: Time): Promise<void>
  /** With `isMoreComing` the next batch follows within this turn of the loop: a store may take both in one transaction. */
  commit(batch: readonly Operation[], time: Time, options?: { isMoreComing?: boolean }): Promise<Committed>
  read<K extends QueryKind>(query: Query<K>): Promise<Queries[K]['answer']>
  close(): Promise<void>
}

export interface Committed {
  /** One for each operation, in their order. */
  outcomes: readonly OperationOutcome[]
  changes: readonly TaskChange[]
  /** When the next `sweep` has something to do, by each clock; now if there is more to do at once. */
  due: Due
}

export interface Due {
  now?: number
  steady?: number
}

export type OperationOutcome = { value: unknown } | { refusal: Refusal }

export interface Refusal {
  code: ErrorCode
  message: string
  issues?: Issue[]
  details?: Record<string, unknown>
}

/** What never changes of a task, kept as one JSON text. */
export interface TaskSpec {
  submitter: Principal
  retry: RetryPolicy
  tags?: readonly string[]
  metadata?: JsonObject
  timeoutMs?: number
  sessionId?: string
  stickyWorkerId?: string
  parentTaskId?: string
  requires?: readonly string[]
  retryOf?: string
  retryCount?: number
  idempotencyKey?: string
  /** Of the span that submitted it. */
  traceparent?: string
  /** The tool that a `tool.call` calls: a worker may take the calls of some tools only. */
  tool?: string
}

/** A task as it is stored. Texts named `…Json` are JSON; a task's body is text too, so that it crosses threads as one string. */
export interface TaskRow {
  /** Order of submission. */
  seq: number
  taskId: string
  type: string
  model: string
  status: TaskStatus
  priority: number
  /** The pool it waits in: what a worker must match to take it. */
  poolId: number
  /** 1 when it may be claimed, 0 while it waits for its time. Of queued tasks. */
  isReady: 0 | 1
  spec: string
  payloadJson: string | null
  payloadCid: string | null
  /** Submitter and idempotency key as one text; unique. */
  identity: string | null
  workflowId: string | null
  attempt: number
  releases: number
  /** Claims ever made when it became ready: tells how often it was passed by since. */
  claimsBefore: number
  createdAt: number
  updatedAt: number
  notBefore: number | null
  deadlineAt: number | null
  startedAt: number | null
  finishedAt: number | null
  /** Order of finishing. */
  finishedSeq: number | null
  workerId: string | null
  leaseToken: string | null
  leaseMs: number | null
  /** By the steady clock. */
  leaseUntil: number | null
  /** By the steady clock: the attempt's time limit. No lease is longer. */
  attemptUntil: number | null
  heartbeatAt: number | null
  /** The last token whose claim ended by its own completion or release. */
  settledToken: string | null
  cancelRequestedAt: number | null
  cancelReason: string | null
  progressJson: string | null
  logsJson: string | null
  resultJson: string | null
  resultCid: string | null
  errorJson: string | null
  isDeadLetter: 0 | 1
}

/** Waiting tasks with the same demands on a worker. */
export interface Pool extends Demands {
  poolId: number
  /** In a cleared pool, what still stands counts as cancelled; in a dropped one, as removed. Nobody claims from either. */
  state: 'open' | 'cleared' | 'dropped'
  /** When it was cleared: what still stood in it ended then. */
  clearedAt: number | null
  /** Queued tasks in it, ready or not. */
  waiting: number
  /** When the session or worker was last seen, by the steady clock. */
  boundSeenAt: number
}

export interface Demands {
  type: string
  requires: readonly string[]
  sessionId: string | null
  stickyWorkerId: string | null
}

export interface WorkerRow {
  workerId: string
  status: Worker['status']
  principal: Principal
  capabilities: readonly string[]
  maxConcurrent: number
  resourceLimits: JsonObject
  metadata: JsonObject
  registeredAt: number
  lastSeenAt: number
  completed: number
  failed: number
}

export interface NewTask {
  taskId: string
  type: string
  model: string
  priority: number
  /** A `TaskSpec` as JSON: it crosses threads as one string. */
  spec: string
  /** What a worker must match: see `poolKey`. */
  demands: string
  payloadJson: string | null
  payloadCid: string | null
  identity: string | null
  workflowId: string | null
  notBefore: number | null
  deadlineAt: number | null
}

export interface ClaimTerms {
  workerId: string
  principal: Principal
  /** Empty for every type. */
  types: readonly string[]
  capabilities: readonly string[]
  sessionId: string | null
  max: number
  leaseMs: number
  maxPriority: number
  taskId: string | null
}

export interface Report {
  progress: Progress | null
  logs: readonly LogLine[]
}

export type OutcomeRow =
  | { status: 'completed'; resultJson: string | null; resultCid: string | null }
  | { status: 'failed'; error: TaskError }
  | { status: 'cancelled'; reason: string | null }

/** A submitted task, without what its submitter knows: this is the answer that crosses most often. */
export interface Entered {
  taskId: string
  status: TaskStatus
  /** The task was there already. */
  isReplay: boolean
  position: number | null
}

/** The right to a running task, and who says to have it if that may be another than the worker. */
export interface ShownToken {
  taskId: string
  leaseToken: string
  principal?: Principal | undefined
}

/** What a batch may hold: the input of each kind, and what it answers. */
export interface Operations {
  submit: { input: { task: NewTask }; answer: Entered }
  /** `isFull` when the worker runs already as many tasks as it may. */
  claim: { input: { terms: ClaimTerms }; answer: { rows: TaskRow[]; isFull: boolean } }
  heartbeat: {
    input: ShownToken & { leaseMs: number | null; report: Report }
    answer: { leaseMs: number; cancel: { reason: string | null } | null }
  }
  complete: {
    input: ShownToken & { outcome: OutcomeRow; report: Report; next: ClaimTerms | null }
    answer: { status: TaskStatus; isReplay: boolean; next: TaskRow[] }
  }
  release: { input: ShownToken & { reason: string | null }; answer: { status: TaskStatus } }
  cancel: { input: { taskId: string; reason: string | null; force: boolean }; answer: { row: TaskRow } }
  reprioritize: { input: { taskId: string; priority: number }; answer: { row: TaskRow; oldPriority: number } }
  retry: {
    input: { taskId: string; newTaskId: string; submitter: Principal; retry: Partial<RetryPolicy> }
    answer: Entered
  }
  remove: { input: { taskId: string }; answer: { row: TaskRow } }
  pause: { input: { reason: string | null }; answer: QueueStateRow }
  resume: { input: object; answer: QueueStateRow }
  clear: { input: { status: 'queued' | FinalStatus }; answer: { cleared: number; remaining: number } }
  registerWorker: { input: { worker: WorkerRow }; answer: { worker: WorkerRow } }
  unregisterWorker: {
    input: { workerId: string; graceful: boolean; principal: Principal }
    answer: { worker: WorkerRow; abandoned: number }
  }
  /**
   * Ends leases, deadlines and waits whose time has come, and removes what is cleared or was kept long enough; at most `limit` rows
   * of each. Answers bodies in blocks that no task holds any more; the next sweep is told which of them were unpinned.
   */
  sweep: {
    input: { limit: number; keepFinishedMs: number; keepFinished: number; unpinned: readonly string[] }
    answer: { orphans: string[] }
  }
}

export type OperationKind = keyof Operations
export type Operation = { [K in OperationKind]: { kind: K } & Operations[K]['input'] }[OperationKind]

export interface QueueStateRow {
  isPaused: boolean
  reason: string | null
  since: number | null
  queued: number
  running: number
}

export interface StatsRow extends QueueStateRow {
  counts: Record<TaskStatus, number>
  deadLetters: number
  byType: Record<string, { queued: number; running: number }>
  waits: number
  waitMs: number
  runs: number
  runMs: number
  history: MinuteStats[]
}

export interface RowQuery {
  status: TaskStatus | 'dead_letter' | null
  types: readonly string[]
  workerId: string | null
  tags: readonly string[]
  minPriority: number
  workflowId: string | null
  order: 'oldest' | 'newest'
  limit: number
  /** Rows after this one in the order. */
  after: number | null
  offset: number
}

export interface RowPage {
  rows: TaskRow[]
  hasMore: boolean
  total: number
  isTotalExact: boolean
}

/** What may be asked of a store. Reads see every batch that was answered before. */
export interface Queries {
  task: { input: { taskId: string }; answer: TaskRow | undefined }
  position: { input: { taskId: string }; answer: number | null }
  list: { input: { query: RowQuery }; answer: RowPage }
  stats: { input: object; answer: StatsRow }
  worker: { input: { workerId: string }; answer: { worker: WorkerRow; running: string[] } | undefined }
  workers: { input: object; answer: { worker: WorkerRow; running: string[] }[] }
  /** Whether any task holds this body in blocks. */
  holdsBody: { input: { cid: string }; answer: boolean }
}

export type QueryKind = keyof Queries
export type Query<K extends QueryKind = QueryKind> = { [P in K]: { kind: P } & Queries[P]['input'] }[K]
