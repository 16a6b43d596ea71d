/** The queue as a person reaches it: by the tools of a node, there or on the peer that has the queue. */
import type { CallOutcome } from '../../../src/core/tool.ts'
import type { Submission } from '../../../src/services/queue/api.ts'
import type { Caller, Method } from '../world/calls.ts'
import type { SimNode } from './node.ts'
import { toolOf } from './work-tools.ts'

export interface ToolCallerOptions {
  /** Undefined while the machine is down. */
  node: () => SimNode | undefined
  /** How many calls more are open. */
  onCall: (difference: 1 | -1) => void
  /** The peer with the queue; undefined for the node itself. */
  target?: string
  /** Who stands behind the tasks, said in their tags. */
  name: string
  workerIds: readonly string[]
  /** The worker that takes everything: a task bound to one that does not take it would wait for ever. */
  generalist: string
}

export function createToolCaller({ node, onCall, target, name, workerIds, generalist }: ToolCallerOptions): Caller {
  async function call(method: Method, [first, second]: unknown[]): Promise<unknown> {
    const [tool, args] = toolCall(method, first, second)
    const open = node()
    if (!open) throw new Error('The machine is down')
    const request = {
      tool,
      args: { ...args, ...(target !== undefined && { target_peer_id: target }) },
      evidence: { kind: 'process' } as const
    }
    onCall(1)
    const { envelope, failure }: CallOutcome = await open.invoke(request).finally(() => onCall(-1))
    if (failure) throw failure
    return { taskId: envelope.retry_task_id ?? envelope.task_id }
  }

  function toolCall(method: Method, first: unknown, options: unknown): [tool: string, args: object] {
    const more = (options ?? {}) as Record<string, unknown>
    switch (method) {
      case 'submit':
        return ['task_submit', submitArgs(first as Submission)]
      case 'get':
        return ['task_status', { task_id: first }]
      case 'wait':
        return ['task_wait', { task_id: first, wait_s: Number(more.waitMs) / 1000 }]
      case 'cancel':
        return ['task_cancel', { task_id: first, ...more }]
      case 'reprioritize':
        return ['task_priority', { task_id: first, new_priority: options }]
      case 'retry':
        return ['task_retry', { task_id: first }]
      case 'pause':
        return ['queue_pause', { reason: first }]
      case 'resume':
        return ['queue_resume', {}]
      case 'clear':
        return ['queue_clear', { status_filter: first, confirm: true }]
      case 'stats':
        return ['queue_stats', {}]
      case 'list':
        return ['task_list', { ...(first as object) }]
      case 'unregisterWorker':
        return ['worker_unregister', { worker_id: workerOf(String(first)), graceful: more.graceful }]
      default:
        throw new Error(`No tool does ${method}`)
    }
  }

  /** `worker2` of the actors is the second one. */
  function workerOf(text: string): string {
    return workerIds[Number(text.slice(-1)) - 1] ?? text
  }

  function submitArgs(given: Submission): object {
    const { retry = {}, type, payload, priority, taskId, idempotencyKey, notBefore, deadlineAt, timeoutMs } = given
    const { stickyWorkerId } = given
    const { baseMs = 0, maxMs = 0, maxAttempts, factor, jitter, nonRetryable } = retry
    return {
      task_type: 'tool.call',
      // Payloads in blocks of their own are not for these histories; results are.
      payload: { tool: toolOf(type), args: { ...payload, padding: String(payload.padding).slice(0, 1) } },
      priority,
      tags: [name],
      retry_policy: {
        max_attempts: maxAttempts,
        base_s: baseMs / 1000,
        max_s: maxMs / 1000,
        factor,
        jitter,
        non_retryable: nonRetryable
      },
      ...(taskId !== undefined && { task_id: taskId }),
      ...(idempotencyKey !== undefined && { idempotency_key: idempotencyKey }),
      ...(notBefore !== undefined && { not_before: new Date(notBefore).toISOString() }),
      ...(deadlineAt !== undefined && { deadline_at: new Date(deadlineAt).toISOString() }),
      ...(timeoutMs !== undefined && { timeout: timeoutMs / 1000 }),
      ...(stickyWorkerId !== undefined && stickyWorkerId !== 'nobody' && { sticky_worker_id: generalist })
    }
  }

  // The actors read nothing of the answers but `taskId`.
  return { call: call as Caller['call'] }
}
