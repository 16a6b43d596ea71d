/**
 * `task_queue.rpc`: the messages of the task queue as the nodes in Python know them, carried out as calls of our own tools through the
 * same dispatcher, under the same rules. An answer is `{ ok, … }` with `peer_id`; a failure has its code in `error`, in small letters.
 */
import { AppError } from '../../core/errors.ts'
import type { Evidence } from '../../core/principal.ts'
import type { Invoke } from '../../core/tool.ts'
import type { Trace } from '../../core/tracer.ts'
import { isObject } from '../json-rpc.ts'
import { bringBodies } from './task-queue-bodies.ts'
import { OPS, type Op, type OpMessage } from './task-queue-ops.ts'

export const TASK_QUEUE_RPC = 'task_queue.rpc'

/** Leases that a peer holds: those that know no tokens complete by the task's id alone. */
const MAX_LEASES = 10_000

export type TaskQueueRpc = (args: unknown, signal: AbortSignal, trace?: Trace) => Promise<Record<string, unknown>>

export interface TaskQueueRpcOptions {
  invoke: Invoke
  evidence: Evidence
  /** Of this node. */
  self: string
  /** Of the peer, as the handshake proved it. */
  caller: string
  leases: () => Map<string, string>
}

export function createTaskQueueRpc({ invoke, evidence, self, caller, leases }: TaskQueueRpcOptions): TaskQueueRpc {
  const refusal = (error: string, more: object = {}) => ({ ok: false, error, ...more, peer_id: self })

  function remember(tasks: unknown): void {
    if (!Array.isArray(tasks)) return
    const held = leases()
    for (const task of tasks) {
      if (!isObject(task) || typeof task.task_id !== 'string' || typeof task.lease_token !== 'string') continue
      held.set(task.task_id, task.lease_token)
      const [oldest] = held.keys()
      if (held.size > MAX_LEASES && oldest !== undefined) held.delete(oldest)
    }
  }

  async function carryOut(op: Op, message: OpMessage, how: { signal: AbortSignal; trace?: Trace }) {
    const call = async (tool: string, args: Record<string, unknown>) => {
      const { envelope, failure } = await invoke({ tool, args, evidence, ...how })
      if (failure) throw failure
      return envelope
    }
    if ('run' in op) return await op.run({ message, call, caller, self })
    const tool = typeof op.tool === 'string' ? op.tool : op.tool(message)
    const args = op.args(message, id => leases().get(id))
    const envelope = await call(tool, args).catch((error: unknown) => {
      if (error instanceof AppError && error.code === op.emptyOn) return undefined
      throw error
    })
    remember(envelope?.tasks)
    if (op.endsLease && typeof message.task_id === 'string') leases().delete(message.task_id)
    const answer = op.answer(envelope, message)
    return op.bringsBodies ? await bringBodies(answer, call) : answer
  }

  return async (args, signal, trace) => {
    const message = unwrap(args)
    if (!message) return refusal('invalid_message')
    const name = typeof message.op === 'string' ? message.op.trim().toLowerCase() : ''
    const op = OPS.get(name)
    if (!op) return refusal(name === '' ? 'invalid_message' : 'unknown_op')
    const missing = op.required?.find(names => names.every(one => message[one] === undefined || message[one] === ''))
    if (missing) return refusal(`missing_${missing.at(-1)}`)
    const limit = op.timeLimit ? secondsOf(message.timeout_s) : undefined
    const stop = limit === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(limit * 1000)])
    try {
      return { ok: true, ...(await carryOut(op, message, { signal: stop, ...(trace && { trace }) })), peer_id: self }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (stop.aborted && !signal.aborted) return refusal('timeout', { detail: `It took longer than ${limit} s` })
      const { code, message: detail, retryable } = error
      return refusal(op.spelling?.[code] ?? code.toLowerCase(), { detail, retryable })
    }
  }
}

const MAX_SECONDS = 86_400

function secondsOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? Math.min(value, MAX_SECONDS) : undefined
}

/** The message; one alone in an object is taken out of it. */
function unwrap(args: unknown): OpMessage | undefined {
  if (!isObject(args)) return undefined
  const [only, ...more] = Object.values(args)
  return more.length === 0 && isObject(only) ? only : args
}
