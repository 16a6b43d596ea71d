/** From a submission to the row that stands for it: bounds, defaults and identity. */
import { canonicalize } from '../../core/canonical.ts'
import { AppError, type Issue } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { canonicalTaskType } from '../../domain/tasks/task-types.ts'
import { PRIORITY, type RetryPolicy, type Submission } from './api.ts'
import { demandsOf } from './spec.ts'
import type { NewTask, TaskSpec } from './store.ts'
import { poolKey } from './tables.ts'

const RETRY: RetryPolicy = { maxAttempts: 3, baseMs: 1000, factor: 2, maxMs: 3_600_000, jitter: 0.1, nonRetryable: [] }
const TOOL_CALL = 'tool.call'
const MAX_ATTEMPTS = 1000
const MAX_FACTOR = 100
const MAX_DELAY_MS = 30 * 86_400_000
const SPECIFIED = [
  'tags',
  'metadata',
  'timeoutMs',
  'sessionId',
  'stickyWorkerId',
  'parentTaskId',
  'requires',
  'idempotencyKey'
] as const

/** The payload as text, and the row without it: who stores it knows whether it is inline. INVALID_INPUT with every issue. */
export function newTask(
  submission: Submission,
  newId: () => string,
  traceparent?: string
): { task: NewTask; payloadText: string } {
  const { submitter, payload } = submission
  const type = canonicalTaskType(submission.type)
  const model = submission.model ?? ''
  const retry = { ...RETRY, ...submission.retry }
  const priority = Math.round(submission.priority ?? PRIORITY.fallback)
  const issues: Issue[] = [
    ...check(type !== '', '/task_type', 'A task has a type', 'tool.call'),
    ...check(
      typeof payload === 'object' && payload !== null && !Array.isArray(payload),
      '/payload',
      'The payload is an object'
    ),
    ...checkPriority(priority, '/priority'),
    ...checkRetry(retry)
  ]
  if (issues.length > 0) throw refuse(issues)
  const payloadText = canonicalize(payload)
  const { idempotencyKey } = submission
  const spec: TaskSpec = {
    submitter,
    retry,
    ...(type === TOOL_CALL && typeof payload.tool === 'string' && { tool: payload.tool }),
    ...given(submission, SPECIFIED),
    ...(traceparent !== undefined && { traceparent })
  }
  const task: NewTask = {
    taskId: submission.taskId ?? newId(),
    type,
    model,
    priority,
    spec: JSON.stringify(spec),
    demands: poolKey(demandsOf(type, spec)),
    payloadJson: payloadText,
    payloadCid: null,
    identity: idempotencyKey === undefined ? null : identityOf(submitter, idempotencyKey),
    workflowId: submission.workflowId ?? null,
    notBefore: submission.notBefore ?? null,
    deadlineAt: submission.deadlineAt ?? null
  }
  return { task, payloadText }
}

/** INVALID_INPUT unless it is a whole number in the scale. */
export function validPriority(priority: number): number {
  const rounded = Math.round(priority)
  const issues = checkPriority(rounded, '/new_priority')
  if (issues.length > 0) throw refuse(issues)
  return rounded
}

export function validRetry(retry: Partial<RetryPolicy>): Partial<RetryPolicy> {
  const issues = checkRetry({ ...RETRY, ...retry })
  if (issues.length > 0) throw refuse(issues)
  return retry
}

function identityOf({ kind, id }: Principal, key: string): string {
  return JSON.stringify([kind, id, key])
}

function checkPriority(priority: number, path: string): Issue[] {
  const isRight = priority >= PRIORITY.min && priority <= PRIORITY.max
  return check(isRight, path, `A priority is from ${PRIORITY.min} to ${PRIORITY.max}, higher first`, '5')
}

function checkRetry({ maxAttempts, baseMs, factor, maxMs, jitter }: RetryPolicy): Issue[] {
  const within = (name: string, value: number, min: number, max: number) =>
    check(value >= min && value <= max, `/retry_policy/${name}`, `From ${min} to ${max}`)
  return [
    ...check(Number.isInteger(maxAttempts), '/retry_policy/max_attempts', 'A whole number'),
    ...within('max_attempts', maxAttempts, 1, MAX_ATTEMPTS),
    ...within('base_ms', baseMs, 0, MAX_DELAY_MS),
    ...within('factor', factor, 1, MAX_FACTOR),
    ...within('max_ms', maxMs, 0, MAX_DELAY_MS),
    ...within('jitter', jitter, 0, 1)
  ]
}

function check(isRight: boolean, path: string, message: string, suggestion?: string): Issue[] {
  return isRight ? [] : [{ path, message, ...(suggestion !== undefined && { suggestion }) }]
}

function refuse(issues: Issue[]): AppError {
  return new AppError('INVALID_INPUT', issues.map(({ path, message }) => `${path}: ${message}`).join('; '), { issues })
}

function given<T extends object, K extends keyof T>(from: T, names: readonly K[]): Partial<Pick<T, K>> {
  const picked: Partial<Pick<T, K>> = {}
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name]
  return picked
}
