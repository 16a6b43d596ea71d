/**
 * JSON-RPC on a stream: MCP of both eras by way of a `Connection`, as over stdio. What the nodes in Python send that MCP does not
 * have is understood beside it: an `initialize` without the members that MCP asks for, and the pseudo tool `task_queue.rpc`.
 */
import { AppError, toWireError } from '../../core/errors.ts'
import { snakeKeys } from '../../core/snake-case.ts'
import { wireFault } from '../../protocol/wire/faults.ts'
import { MCP_P2P_PROTOCOL } from '../../protocol/wire/frame.ts'
import { createConnection } from '../connection.ts'
import { claimedVersion } from '../eras.ts'
import { isObject, isRequestId, resultText } from '../json-rpc.ts'
import type { DialectHandler, StreamContext } from './peer-server.ts'
import { createTaskQueueRpc, TASK_QUEUE_RPC } from './task-queue-rpc.ts'

const PYTHON_VERSION = '2024-11-05'

export function createMcpDialect({
  stream,
  mcp,
  invoke,
  evidence,
  quota,
  self,
  limits
}: StreamContext): DialectHandler {
  /** Requests whose answers also say what this node is among peers. */
  const introducing = new Set<unknown>()
  const connection = createConnection({ mcp, evidence, send })
  const rpc = createTaskQueueRpc({ invoke, evidence, self, caller: stream.peerId, leases: () => quota().leases })
  const leaving = new AbortController()
  const queueCalls = new Map<string | number, AbortController>()
  let isInitialized = false

  function send(text: string): void {
    const whole = introducing.size > 0 ? withServerFacts(text) : text
    const tooLarge = new AppError(
      'TOO_LARGE',
      `The answer is larger than the ${limits.maxFrameBytes} bytes of a frame; ask for less`,
      { details: { limit_bytes: limits.maxFrameBytes } }
    )
    // A character has at most three bytes.
    const fits = whole.length * 3 <= limits.maxFrameBytes || Buffer.byteLength(whole) <= limits.maxFrameBytes
    stream.send(fits ? whole : wireFault(idOf(whole), 'tool_error', toWireError(tooLarge)))
  }

  /** What the other side looks for in the answer to `initialize` or `server/discover`, beside what MCP has. */
  function withServerFacts(text: string): string {
    const message: unknown = JSON.parse(text)
    if (!isObject(message) || !introducing.delete(message.id) || !isObject(message.result)) return text
    isInitialized = true
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
    const content = await rpc(params.arguments, AbortSignal.any([leaving.signal, cancelled.signal]))
    if (queueCalls.get(id) === cancelled) queueCalls.delete(id)
    if (!leaving.signal.aborted && !cancelled.signal.aborted) send(resultText(id, JSON.stringify({ content })))
  }

  function cancel({ requestId }: Record<string, unknown>): void {
    if (isRequestId(requestId)) {
      queueCalls.get(requestId)?.abort(new AppError('CANCELLED', 'The client cancelled the call'))
    }
  }

  return {
    receive(message, body) {
      const { id, method, params } = message
      const isRequest = isRequestId(id) && typeof method === 'string'
      if (method === 'initialize' && isRequest) {
        introducing.add(id)
        return connection.receive(Buffer.from(JSON.stringify({ ...message, params: completed(params) })))
      }
      const isSessionless = isObject(params) && claimedVersion(params) !== undefined
      if (isRequest && !isInitialized && !isSessionless) {
        stream.send(wireFault(id, 'init_required'))
        return undefined
      }
      if (method === 'server/discover' && isRequest) introducing.add(id)
      if (method === 'notifications/cancelled' && isObject(params)) cancel(params)
      const isRpc = isRequest && (method === 'tools/call' || method === 'tools.call') && isObject(params)
      return isRpc && params.name === TASK_QUEUE_RPC ? callRpc(id, params) : connection.receive(body)
    },
    refuse({ id }, text) {
      const failure = new AppError('BUSY', text)
      stream.send(wireFault(isRequestId(id) ? id : null, 'rate_limited', toWireError(failure)))
    },
    async close() {
      leaving.abort(new AppError('CANCELLED', 'The connection was closed'))
      await connection.close()
    }
  }
}

function idOf(text: string): string | number | null {
  const message: unknown = JSON.parse(text)
  return isObject(message) && isRequestId(message.id) ? message.id : null
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
