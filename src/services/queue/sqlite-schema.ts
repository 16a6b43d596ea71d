/**
 * The tables in the file, and the steps from one version of them to the next. Numbers are milliseconds; texts named `…_json` are
 * JSON. The names are those of `TaskRow` in snake case, except where other queues of this kind have one already.
 */
import type { TaskRow } from './store.ts'

/** The field of a row and its column. */
export const COLUMNS = {
  seq: 'seq',
  taskId: 'task_id',
  type: 'task_type',
  model: 'model_name',
  status: 'status',
  priority: 'priority',
  poolId: 'pool_id',
  isReady: 'is_ready',
  spec: 'spec_json',
  payloadJson: 'payload_json',
  payloadCid: 'payload_cid',
  identity: 'idempotency_identity',
  workflowId: 'workflow_id',
  attempt: 'attempt',
  releases: 'releases',
  claimsBefore: 'claims_before',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
  notBefore: 'next_attempt_at',
  deadlineAt: 'deadline_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  finishedSeq: 'finished_seq',
  workerId: 'assigned_worker',
  leaseToken: 'lease_token',
  leaseMs: 'lease_ms',
  leaseUntil: 'lease_until',
  attemptUntil: 'attempt_until',
  heartbeatAt: 'heartbeat_at',
  settledToken: 'settled_token',
  cancelRequestedAt: 'cancel_requested_at',
  cancelReason: 'cancel_reason',
  progressJson: 'progress_json',
  logsJson: 'logs_json',
  resultJson: 'result_json',
  resultCid: 'result_cid',
  errorJson: 'error',
  isDeadLetter: 'is_dead_letter'
} as const satisfies Record<keyof TaskRow, string>

/** What a task has from its submission on; an update leaves these, and the indexes on them, alone. */
const FIXED: readonly string[] = [
  'seq',
  'taskId',
  'type',
  'model',
  'spec',
  'payloadJson',
  'payloadCid',
  'identity',
  'workflowId',
  'createdAt',
  'deadlineAt'
] satisfies (keyof TaskRow)[]

/** What a task has only after its submission; an insertion leaves these alone, and they are null. */
const LATER: readonly string[] = [
  'startedAt',
  'finishedAt',
  'finishedSeq',
  'workerId',
  'leaseToken',
  'leaseMs',
  'leaseUntil',
  'attemptUntil',
  'heartbeatAt',
  'settledToken',
  'cancelRequestedAt',
  'cancelReason',
  'progressJson',
  'logsJson',
  'resultJson',
  'resultCid',
  'errorJson'
] satisfies (keyof TaskRow)[]

// The keys of a constant that has exactly the fields of a row.
export const FIELDS = Object.keys(COLUMNS) as (keyof TaskRow)[]
export const INITIAL = FIELDS.filter(field => !LATER.includes(field))
export const CHANGING = FIELDS.filter(field => !FIXED.includes(field))

/** Marks the file as a queue of ours: "ipdq". */
export const APPLICATION_ID = 0x69706471

/**
 * `STEPS[n]` brings the tables from version n to n + 1. A step that has shipped is never changed. What may be large is last in a row,
 * so that a reader of the rest need not pass over it.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY,
    task_id TEXT NOT NULL,
    task_type TEXT NOT NULL,
    model_name TEXT NOT NULL,
    status TEXT NOT NULL,
    priority INTEGER NOT NULL,
    pool_id INTEGER NOT NULL,
    is_ready INTEGER NOT NULL,
    payload_cid TEXT,
    idempotency_identity TEXT,
    fingerprint TEXT NOT NULL,
    workflow_id TEXT,
    attempt INTEGER NOT NULL,
    releases INTEGER NOT NULL,
    claims_before INTEGER NOT NULL,
    created_at REAL NOT NULL,
    updated_at REAL NOT NULL,
    next_attempt_at REAL,
    deadline_at REAL,
    started_at REAL,
    finished_at REAL,
    finished_seq INTEGER,
    assigned_worker TEXT,
    lease_token TEXT,
    lease_ms REAL,
    lease_until REAL,
    attempt_until REAL,
    heartbeat_at REAL,
    settled_token TEXT,
    cancel_requested_at REAL,
    cancel_reason TEXT,
    result_cid TEXT,
    is_dead_letter INTEGER NOT NULL,
    spec_json TEXT NOT NULL,
    payload_json TEXT,
    progress_json TEXT,
    logs_json TEXT,
    result_json TEXT,
    error TEXT
  ) STRICT;
  CREATE UNIQUE INDEX by_task_id ON tasks (task_id);
  CREATE UNIQUE INDEX by_identity ON tasks (idempotency_identity) WHERE idempotency_identity IS NOT NULL;
  CREATE INDEX by_pool ON tasks (pool_id, is_ready, priority DESC, seq) WHERE status = 'queued';
  CREATE INDEX by_delay ON tasks (next_attempt_at, seq) WHERE status = 'queued' AND is_ready = 0;
  CREATE INDEX by_deadline ON tasks (deadline_at, seq) WHERE deadline_at IS NOT NULL AND finished_seq IS NULL;
  CREATE INDEX by_lease ON tasks (lease_until, seq) WHERE status = 'running';
  CREATE INDEX by_finish ON tasks (status, finished_seq) WHERE finished_seq IS NOT NULL;
  CREATE INDEX by_status ON tasks (status, seq) WHERE status <> 'running';
  CREATE INDEX by_dead_letter ON tasks (seq) WHERE is_dead_letter = 1;
  CREATE INDEX by_workflow ON tasks (workflow_id, seq) WHERE workflow_id IS NOT NULL;
  CREATE INDEX by_payload_cid ON tasks (payload_cid) WHERE payload_cid IS NOT NULL;
  CREATE INDEX by_result_cid ON tasks (result_cid) WHERE result_cid IS NOT NULL;
  CREATE TABLE held (name TEXT PRIMARY KEY, value_json TEXT NOT NULL) STRICT, WITHOUT ROWID;
  `,
  'ALTER TABLE tasks DROP COLUMN fingerprint;'
]
