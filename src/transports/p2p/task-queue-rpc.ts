/**
 * `task_queue.rpc`: the messages of the task queue as the nodes in Python know them, carried out as calls of our own tools through the
 * same dispatcher, under the same rules. An answer is `{ ok, … }` with `peer_id`; a failure has its code in `error`, in small letters.
 */
import type { Evidence } from '../../core/principal.ts'
import type { Invoke } from '../../core/tool.ts'
import { isObject } from '../json-rpc.ts'
import { OPS, type OpMessage } from './task-queue-ops.ts'

export const TASK_QUEUE_RPC = 'task_queue.rpc'

/** Leases that this stream holds: peers that know no tokens complete by the task's id alone. */
const MAX_LEASES = 10_000

export type TaskQueueRpc = (args: unknown, signal: AbortSignal) => Promise<Record<string, unknown>>

export interface TaskQueueRpcOptions {
  invoke: Invoke
  evidence: Evidence
  /** Of this node. */
  self: string
}

export function createTaskQueueRpc({ invoke, evidence, self }: TaskQueueRpcOptions): TaskQueueRpc {
  const leases = new Map<string, string>()

  function remember(tasks: unknown): void {
    if (!Array.isArray(tasks)) return
    for (const task of tasks) {
      if (!isObject(task) || typeof task.task_id !== 'string' || typeof task.lease_token !== 'string') continue
      leases.set(task.task_id, task.lease_token)
      const [oldest] = leases.keys()
      if (leases.size > MAX_LEASES && oldest !== undefined) leases.delete(oldest)
    }
  }

  return async (args, signal) => {
    const message = unwrap(args)
    if (!message) return { ok: false, error: 'invalid_message', peer_id: self }
    const name = typeof message.op === 'string' ? message.op.trim().toLowerCase() : ''
    const op = OPS.get(name)
    if (!op) return { ok: false, error: name === '' ? 'invalid_message' : 'unknown_op', peer_id: self }
    const missing = op.required?.find(names => names.every(one => message[one] === undefined || message[one] === ''))
    if (missing) return { ok: false, error: `missing_${missing[0]}`, peer_id: self }
    const tool = typeof op.tool === 'string' ? op.tool : op.tool(message)
    const call = { tool, args: op.args(message, id => leases.get(id)), evidence, signal }
    const { envelope, failure } = await invoke(call)
    if (failure && op.emptyOn !== failure.code) {
      const { code, message: detail, retryable } = failure
      return { ok: false, error: op.spelling?.[code] ?? code.toLowerCase(), detail, retryable, peer_id: self }
    }
    remember(envelope.tasks)
    const taskId = message.task_id
    if (op.endsLease && typeof taskId === 'string' && !failure) leases.delete(taskId)
    return { ok: true, ...op.answer(failure ? undefined : envelope, message), peer_id: self }
  }
}

/** The message; one alone in an object is taken out of it. */
function unwrap(args: unknown): OpMessage | undefined {
  if (!isObject(args)) return undefined
  const [only, ...more] = Object.values(args)
  return more.length === 0 && isObject(only) ? only : args
}
