/** From rows to what callers see. */
import type { JsonObject, Lease, LogLine, Progress, Task, TaskError, Worker } from './api.ts'
import { specOf } from './spec.ts'
import type { TaskRow, WorkerRow } from './store.ts'

/** The whole task. */
export function taskOf(row: TaskRow): Task {
  return {
    ...outlineOf(row),
    ...parsed<LogLine[], 'logs'>('logs', row.logsJson),
    ...parsed<JsonObject, 'payload'>('payload', row.payloadJson),
    ...parsed<unknown, 'result'>('result', row.resultJson)
  }
}

/** Without what may be large: payload, result and logs. */
export function outlineOf(row: TaskRow): Task {
  const { tags, metadata, retry, requires, retryCount, submitter, tool: _tool, ...bound } = specOf(row)
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
    ...parsed<TaskError, 'error'>('error', row.errorJson),
    ...parsed<Progress, 'progress'>('progress', row.progressJson),
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

function optional<K extends string, T>(name: K, value: T | null): { [P in K]?: T } {
  return value === null ? {} : ({ [name]: value } as { [P in K]?: T })
}

/** What is stored as JSON, null among it; absent if nothing is. Texts of the store were written by us, as the type says. */
function parsed<T, K extends string>(name: K, text: string | null): { [P in K]?: T } {
  return text === null ? {} : ({ [name]: JSON.parse(text) as T } as { [P in K]?: T })
}
