/**
 * JSON-RPC on a stream: MCP of both eras by way of a `Connection`, as over stdio. What the nodes in Python send that MCP does not
 * have is understood beside it: an `initialize` without the members that MCP asks for, and the pseudo tool `task_queue.rpc`.
 */

import { AppError } from '../../core/errors.ts'
import { snakeKeys } from '../../core/snake-case.ts'
import { traceIn } from '../../protocol/telemetry/trace-context.ts'
import { wireFault } from '../../protocol/wire/faults.ts'
import { MCP_P2P_PROTOCOL } from '../../protocol/wire/frame.ts'
import { createConnection } from '../connection.ts'
import { claimedVersion } from '../eras.ts'
import { isObject, isRequestId, resultText } from '../json-rpc.ts'
import type { DialectHandler, StreamContext } from './peer-server.ts'
import { createTaskQueueRpc, TASK_QUEUE_RPC } from './task-queue-rpc.ts'

const PYTHON_VERSION = '2024-11-05'

export function createMcpDialect(context: StreamContext): DialectHandler {
  const { stream, mcp, invoke, evidence, leases, self, limits, log } = context
  /** Requests whose answers also say what this node is among peers. */
  const introducing = new Set<unknown>()
  const connection = createConnection({ mcp, evidence, send })
  const rpc = createTaskQueueRpc({ invoke, evidence, self, caller: stream.peerId, leases })
  const leaving = new AbortController()
  const queueCalls = new Map<string | number, AbortController>()
  /** Who does not wait for the answer to its first request is served all the same. */
  let isGreeted = false

  function send(text: string): void {
    stream.send(introducing.size > 0 ? withServerFacts(text) : text)
  }

  /** What the other side looks for in the answer to `initialize` or `server/discover`, beside what MCP has. */
  function withServerFacts(text: string): string {
    const message: unknown = JSON.parse(text)
    if (!isObject(message) || !introducing.delete(message.id) || !isObject(message.result)) return text
    const facts = {
      ok: true,
      transport: MCP_P2P_PROTOCOL,
      server: { peer_id: self },
      limits: {
        ...snakeKeys({ ...limits }),
        // As nodes in Python name them.
        rate_capacity: limits.messagesPerSecond,
        rate_refill_per_sec: limits.messagesPerSecond
      }
    }
    return JSON.stringify({ ...message, result: { ...message.result, ...facts } })
  }

  async function callRpc(id: string | number, params: Record<string, unknown>): Promise<void> {
    const cancelled = new AbortController()
    queueCalls.set(id, cancelled)
    const stop = AbortSignal.any([leaving.signal, cancelled.signal])
    const content = await rpc(params.arguments, stop, traceIn(Object(params._meta))).finally(() => {
      if (queueCalls.get(id) === cancelled) queueCalls.delete(id)
    })
    if (!stop.aborted) stream.send(resultText(id, JSON.stringify({ content })))
  }

  function cancel({ requestId }: Record<string, unknown>): void {
    if (!isRequestId(requestId)) return
    queueCalls.get(requestId)?.abort(new AppError('CANCELLED', 'The client cancelled the call'))
  }

  return {
    get inFlight() {
      return connection.inFlight + queueCalls.size
    },
    receive(message) {
      const { id, method, params } = message
      const isRequest = isRequestId(id) && typeof method === 'string'
      if (method === 'initialize' && isRequest) {
        introducing.add(id)
        isGreeted = true
        return connection.accept({ ...message, params: completed(params) })
      }
      const isSessionless = isObject(params) && claimedVersion(params) !== undefined
      if (isRequest && !isGreeted && !isSessionless) {
        stream.send(wireFault(id, 'init_required'))
        return
      }
      if (method === 'server/discover' && isRequest) introducing.add(id)
      if (method === 'notifications/cancelled' && isObject(params)) cancel(params)
      const isRpc = isRequest && (method === 'tools/call' || method === 'tools.call') && isObject(params)
      if (isRpc && params.name === TASK_QUEUE_RPC) {
        void callRpc(id, params).catch(error => {
          log.warn('an operation of a peer could not be answered', { peer_id: stream.peerId, error })
          send(wireFault(id, 'tool_error'))
        })
      } else connection.accept(message)
    },
    async close() {
      leaving.abort()
      await connection.close()
    }
  }
}

/** With what MCP demands and a node in Python may leave out. */
function completed(params: unknown): Record<string, unknown> {
  const given = isObject(params) ? params : {}
  return {
    ...given,
    protocolVersion: typeof given.protocolVersion === 'string' ? given.protocolVersion : PYTHON_VERSION,
    capabilities: isObject(given.capabilities) ? given.capabilities : {},
    clientInfo: { name: 'peer', version: '0', ...(isObject(given.clientInfo) ? given.clientInfo : {}) }
  }
}
