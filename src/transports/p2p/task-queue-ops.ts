/** Each operation of `task_queue.rpc`: which tool carries it out, and how its fields become the tool's and back. */
import type { ErrorCode } from '../../core/errors.ts'
import { isObject } from '../json-rpc.ts'
import { type Asked, heartbeatOf, statusOf } from './task-queue-status.ts'

export type OpMessage = Record<string, unknown>
type Envelope = Record<string, unknown>

interface Common {
  /** Fields of which one must be there; a refusal names the last. */
  required?: readonly (readonly string[])[]
  /** What the nodes in Python call a failure. */
  spelling?: Partial<Record<ErrorCode, string>>
  /** `timeout_s` ends it. */
  timeLimit?: true
}

/** One that is more than a call of one tool. */
interface ComposedOp extends Common {
  run: (asked: Asked) => Promise<Record<string, unknown>>
}

export type Op = ToolOp | ComposedOp

interface ToolOp extends Common {
  tool: string | ((message: OpMessage) => string)
  args: (message: OpMessage, leaseOf: (taskId: string) => string | undefined) => Record<string, unknown>
  answer: (envelope: Envelope | undefined, message: OpMessage) => Record<string, unknown>
  /** This failure is an empty answer to the nodes in Python. */
  emptyOn?: ErrorCode
  endsLease?: true
  /** Its tasks have their payloads and results with them. */
  bringsBodies?: true
}

const DEFAULT_TYPE = 'text-generation'
const PRIORITY = { min: 1, max: 10 }
const MAX_WAIT_S = 300

const submit: ToolOp = {
  tool: 'task_submit',
  args: message => {
    const payload = isObject(message.payload) ? message.payload : { payload: message.payload ?? null }
    const inPayload = (name: string) => message[name] ?? payload[name]
    return present({
      task_id: message.task_id,
      task_type: message.task_type ?? DEFAULT_TYPE,
      model_name: message.model_name,
      payload,
      priority: within(inPayload('priority'), PRIORITY.min, PRIORITY.max),
      idempotency_key: inPayload('idempotency_key'),
      session_id: firstOf(payload, ['session_id', 'session', 'p2p_session']) ?? message.session_id,
      sticky_worker_id: firstOf(payload, ['sticky_worker_id', 'sticky_worker']),
      not_before: isoOf(message.not_before ?? payload.next_attempt_at),
      tags: message.tags,
      // 0 stands for no limit there; here that is the largest.
      retry_policy: present({ max_attempts: within(inPayload('max_attempts') || undefined, 1, 1000) }, true)
    })
  },
  answer: envelope => ({ task_id: envelope?.task_id, replayed: envelope?.is_replay === true })
}

const claimArgs = (message: OpMessage, max: unknown) =>
  present({
    worker_id: message.worker_id,
    task_types: listOf(message.supported_task_types ?? message.task_types),
    session_id: firstOf(message, ['session_id', 'session', 'p2p_session']),
    lease_seconds: message.lease_seconds,
    wait_s: message.wait_s,
    task_id: message.task_id,
    max_tasks: max
  })

const claim: ToolOp = {
  tool: 'task_claim',
  required: [['worker_id']],
  args: message => claimArgs(message, 1),
  bringsBodies: true,
  answer: envelope => ({ task: rowsOf(envelope?.tasks)[0] ?? null })
}

const claimMany: ToolOp = {
  ...claim,
  args: message => claimArgs(message, message.max_tasks ?? message.limit ?? 1),
  answer: envelope => ({ tasks: rowsOf(envelope?.tasks) })
}

const complete: ToolOp = {
  tool: 'task_complete',
  required: [['task_id']],
  endsLease: true,
  args: (message, leaseOf) =>
    present({
      task_id: message.task_id,
      lease_token: tokenOf(message, leaseOf),
      ...outcomeOf(message)
    }),
  spelling: { STALE_LEASE: 'stale_lease', NOT_FOUND: 'task_missing' },
  answer: (envelope, message) => ({ task_id: message.task_id, status: envelope?.status })
}

const release: ToolOp = {
  tool: 'task_release',
  required: [['task_id']],
  endsLease: true,
  args: (message, leaseOf) =>
    present({ task_id: message.task_id, lease_token: tokenOf(message, leaseOf), reason: message.reason }),
  spelling: { STALE_LEASE: 'stale_lease', NOT_FOUND: 'task_missing' },
  answer: (_, message) => ({ task_id: message.task_id })
}

const renew: ToolOp = {
  tool: 'task_heartbeat',
  required: [['task_id']],
  args: (message, leaseOf) =>
    present({
      task_id: message.task_id,
      lease_token: tokenOf(message, leaseOf),
      lease_seconds: message.lease_seconds,
      progress: message.progress
    }),
  spelling: { STALE_LEASE: 'stale_lease', NOT_FOUND: 'task_missing' },
  answer: envelope => without(envelope)
}

const one = (tool: string, more: Partial<ToolOp> = {}): ToolOp => ({
  tool,
  required: [['task_id']],
  args: ({ task_id }) => ({ task_id }),
  answer: without,
  ...more
})

const get: ToolOp = one('task_status', {
  emptyOn: 'NOT_FOUND',
  args: ({ task_id }) => ({ task_id, include_body: true }),
  bringsBodies: true,
  answer: envelope => ({ task: rowOf(envelope) })
})

const wait: ToolOp = one('task_wait', {
  emptyOn: 'NOT_FOUND',
  args: ({ task_id, timeout_s }) => present({ task_id, wait_s: within(timeout_s, 0, MAX_WAIT_S) }),
  bringsBodies: true,
  answer: envelope => ({ task: rowOf(envelope) })
})

const list: ToolOp = {
  tool: 'task_list',
  args: message =>
    present({
      status_filter: message.status === '' ? undefined : message.status,
      limit: message.limit ?? 50,
      task_types: listOf(message.task_types),
      cursor: message.cursor
    }),
  answer: envelope => ({ tasks: rowsOf(envelope?.tasks), next_cursor: envelope?.next_cursor ?? null })
}

const cancel: ToolOp = one('task_cancel', {
  args: ({ task_id, reason, force }) => present({ task_id, reason, force }),
  emptyOn: 'TASK_STATE',
  answer: envelope => ({ cancelled: envelope?.status === 'cancelled' })
})

const cache = (tool: string, answer: ToolOp['answer']): ToolOp => ({
  tool,
  required: [['key']],
  args: ({ key, value, ttl_s }) => present({ key, value, ttl_s }),
  answer
})

const callTool: ToolOp = {
  tool: message => String(firstOf(message, ['tool', 'tool_name', 'name'])),
  required: [['tool', 'name', 'tool_name']],
  timeLimit: true,
  args: message => {
    const args = firstOf(message, ['args', 'arguments', 'params'])
    return isObject(args) ? args : {}
  },
  answer: (envelope, message) => ({ tool: firstOf(message, ['tool', 'tool_name', 'name']), result: envelope })
}

const plain = (tool: string, names: readonly string[] = []): ToolOp => ({
  tool,
  args: message => present(Object.fromEntries(names.map(name => [name, message[name]]))),
  answer: without
})

const NAMES: readonly (readonly [Op, readonly string[]])[] = [
  [submit, ['submit']],
  [claim, ['claim', 'claim_next']],
  [claimMany, ['claim_many', 'claim_batch']],
  [complete, ['complete', 'task.complete', 'complete_task']],
  [release, ['release', 'task.release', 'release_task']],
  [renew, ['task.heartbeat']],
  [{ run: heartbeatOf }, ['heartbeat', 'peer.heartbeat', 'peer']],
  [{ run: asked => statusOf(asked, [...OPS.keys()]) }, ['status', 'capabilities', 'describe']],
  [plain('task_body', ['task_id', 'part', 'offset', 'length']), ['task.body']],
  [list, ['list', 'tasks.list', 'queue.list']],
  [get, ['get']],
  [wait, ['wait']],
  [cancel, ['cancel', 'task.cancel']],
  [callTool, ['call_tool', 'tool', 'tool.call']],
  [one('task_retry'), ['task.retry']],
  [one('task_priority', { args: ({ task_id, priority }) => ({ task_id, new_priority: priority }) }), ['task.priority']],
  [plain('queue_stats'), ['queue.stats']],
  [plain('queue_pause', ['reason']), ['queue.pause']],
  [plain('queue_resume'), ['queue.resume']],
  [plain('queue_clear', ['status_filter', 'confirm']), ['queue.clear']],
  [plain('worker_register', ['worker_id', 'capabilities', 'max_concurrent_tasks']), ['worker.register']],
  [plain('worker_unregister', ['worker_id', 'graceful']), ['worker.unregister']],
  [
    cache('p2p_cache_get', (e, { key }) => ({ key, hit: e?.hit === true, value: e?.value ?? null })),
    ['cache.get', 'cache_get', 'cache']
  ],
  [cache('p2p_cache_has', (e, { key }) => ({ key, hit: e?.hit === true })), ['cache.has', 'cache_has']],
  [cache('p2p_cache_set', (_, { key }) => ({ key })), ['cache.set', 'cache_set']],
  [
    cache('p2p_cache_delete', (e, { key }) => ({ key, deleted: e?.deleted === true })),
    ['cache.delete', 'cache_delete', 'cache_del']
  ]
]

export const OPS: ReadonlyMap<string, Op> = new Map(
  NAMES.flatMap(([op, names]) => names.map(name => [name, op] as const))
)

/** A task with the columns that the nodes in Python read: names of theirs, times in seconds since 1970. */
function rowOf(task: unknown): Record<string, unknown> | null {
  if (!isObject(task)) return null
  return {
    ...without(task),
    assigned_worker: task.worker_id ?? null,
    created_at: secondsOf(task.created_at),
    updated_at: secondsOf(task.updated_at),
    lease_until: secondsOf(task.lease_until),
    heartbeat_at: secondsOf(task.heartbeat_at),
    max_attempts: Object(task.retry_policy).max_attempts ?? null,
    next_attempt_at: secondsOf(task.not_before) ?? 0,
    payload: task.payload ?? null,
    result: task.result ?? null,
    error: isObject(task.error) ? task.error.message : null
  }
}

const rowsOf = (tasks: unknown): Record<string, unknown>[] =>
  Array.isArray(tasks) ? tasks.map(rowOf).filter(row => row !== null) : []

/** The tool's own members, without those that the dispatcher adds. */
function without(envelope: Envelope | undefined): Record<string, unknown> {
  const { success: _s, request_id: _r, ...own } = envelope ?? {}
  return own
}

/** Their words for how a task ended: an unknown status is a failure, a result that is no object is wrapped in one. */
function outcomeOf({ status = 'completed', result, error }: OpMessage): Record<string, unknown> {
  if (status === 'completed') return { status, result: isObject(result) || result == null ? result : { result } }
  if (status === 'cancelled') return { status, reason: typeof error === 'string' && error !== '' ? error : undefined }
  return { status: 'failed', error: error === undefined || error === '' ? 'The worker gave no reason' : error }
}

function within(value: unknown, min: number, max: number): unknown {
  return typeof value === 'number' ? Math.min(Math.max(value, min), max) : value
}

const secondsOf = (text: unknown): number | null => (typeof text === 'string' ? Date.parse(text) / 1000 : null)
/** What is no time goes on as it is, to be refused with its path. */
function isoOf(seconds: unknown): unknown {
  if (typeof seconds !== 'number' || seconds === 0) return seconds === 0 ? undefined : seconds
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? seconds : time.toISOString()
}

function tokenOf(message: OpMessage, leaseOf: (taskId: string) => string | undefined): unknown {
  return message.lease_token ?? (typeof message.task_id === 'string' ? leaseOf(message.task_id) : undefined) ?? 'none'
}

function listOf(value: unknown): unknown {
  return typeof value === 'string'
    ? value
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
    : value
}

const firstOf = (message: OpMessage, names: readonly string[]): unknown =>
  names.map(name => message[name]).find(value => value !== undefined && value !== null && value !== '')

/** Without the members that say nothing; undefined instead of an empty object if asked for. */
function present(members: Record<string, unknown>): Record<string, unknown>
function present(members: Record<string, unknown>, orAbsent: true): Record<string, unknown> | undefined
function present(members: Record<string, unknown>, orAbsent?: true): Record<string, unknown> | undefined {
  const kept = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null))
  return orAbsent && Object.keys(kept).length === 0 ? undefined : kept
}
