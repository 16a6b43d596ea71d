/** From rows to what callers see. */
import type { Lease, LogLine, Progress, Task, TaskError, Worker } from './api.ts'
import { specOf } from './spec.ts'
import type { TaskRow, WorkerRow } from './store.ts'

/** The whole task. */
export function taskOf(row: TaskRow): Task {
  return {
    ...outlineOf(row),
    logs: parse<LogLine[]>(row.logsJson) ?? [],
    ...optional('payload', parse<Task['payload']>(row.payloadJson)),
    ...optional('result', parse<unknown>(row.resultJson))
  }
}

/** Without what may be large: payload, result and logs. */
export function outlineOf(row: TaskRow): Task {
  const { tags, metadata, retry, requires, retryCount, submitter, ...bound } = specOf(row)
  return {
    taskId: row.taskId,
    type: row.type,
    model: row.model,
    status: row.status,
    priority: row.priority,
    tags: tags ?? [],
    metadata: metadata ?? {},
    logs: [],
    attempt: row.attempt,
    releases: row.releases,
    retry,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    isDeadLetter: row.isDeadLetter === 1,
    submitter,
    retryCount: retryCount ?? 0,
    requires: requires ?? [],
    ...bound,
    ...optional('payloadCid', row.payloadCid),
    ...optional('resultCid', row.resultCid),
    ...optional('error', parse<TaskError>(row.errorJson)),
    ...optional('progress', parse<Progress>(row.progressJson)),
    ...optional('notBefore', row.notBefore),
    ...optional('deadlineAt', row.deadlineAt),
    ...optional('startedAt', row.startedAt),
    ...optional('finishedAt', row.finishedAt),
    ...optional('workerId', row.workerId),
    ...optional('leaseUntil', row.leaseUntil),
    ...optional('heartbeatAt', row.heartbeatAt),
    ...optional('cancelRequestedAt', row.cancelRequestedAt),
    ...optional('cancelReason', row.cancelReason),
    ...optional('workflowId', row.workflowId)
  }
}

export function leaseOf(row: TaskRow): Lease {
  // A row that a claim answered has both.
  return { task: taskOf(row), leaseToken: row.leaseToken ?? '', leaseMs: row.leaseMs ?? 0 }
}

export function workerOf({ worker, running }: { worker: WorkerRow; running: readonly string[] }): Worker {
  return { ...worker, running }
}

function optional<K extends string, T>(name: K, value: T | null | undefined): { [P in K]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [P in K]?: T })
}

/** Texts of the store were written by us, as the type says. */
function parse<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T)
}
