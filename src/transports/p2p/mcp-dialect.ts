/**
 * JSON-RPC on a stream: MCP of both eras by way of a `Connection`, as over stdio. What the nodes in Python send that MCP does not
 * have is understood beside it: an `initialize` without the members that MCP asks for, and the pseudo tool `task_queue.rpc`.
 */

import { wireFault } from '../../protocol/wire/faults.ts'
import { MCP_P2P_PROTOCOL } from '../../protocol/wire/frame.ts'
import { createConnection } from '../connection.ts'
import { claimedVersion } from '../eras.ts'
import { isObject, isRequestId, resultText } from '../json-rpc.ts'
import type { DialectHandler, StreamContext } from './peer-server.ts'
import { createTaskQueueRpc, TASK_QUEUE_RPC } from './task-queue-rpc.ts'

const PYTHON_VERSION = '2024-11-05'

export function createMcpDialect({ stream, mcp, invoke, self, limits, log }: StreamContext): DialectHandler {
  const evidence = { kind: 'peer', peerId: stream.peerId } as const
  const initializing = new Set<unknown>()
  const connection = createConnection({ mcp, evidence, send })
  const rpc = createTaskQueueRpc({ invoke, evidence, self })
  const leaving = new AbortController()
  let rpcInFlight = 0
  let isInitialized = false

  function send(text: string): void {
    stream.send(initializing.size > 0 ? withServerFacts(text) : text)
  }

  /** What a node in Python looks for in the answer to `initialize`, beside what MCP has. */
  function withServerFacts(text: string): string {
    const message: unknown = JSON.parse(text)
    if (!isObject(message) || !initializing.delete(message.id) || !isObject(message.result)) return text
    isInitialized = true
    const facts = {
      ok: true,
      transport: MCP_P2P_PROTOCOL,
      server: { peer_id: self },
      limits: { max_frame_bytes: limits.maxFrameBytes, max_in_flight: limits.maxRequestsPerPeer }
    }
    return JSON.stringify({ ...message, result: { ...message.result, ...facts } })
  }

  async function callRpc(id: string | number, params: Record<string, unknown>): Promise<void> {
    rpcInFlight++
    const content = await rpc(params.arguments, leaving.signal).finally(() => rpcInFlight--)
    if (!leaving.signal.aborted) stream.send(resultText(id, JSON.stringify({ content })))
  }

  return {
    get inFlight() {
      return connection.inFlight + rpcInFlight
    },
    receive(message) {
      const { id, method, params } = message
      const isRequest = isRequestId(id) && typeof method === 'string'
      if (method === 'initialize' && isRequest) {
        initializing.add(id)
        return connection.accept({ ...message, params: completed(params) })
      }
      const isSessionless = isObject(params) && claimedVersion(params) !== undefined
      // Who does not wait for the answer to its first request is served all the same.
      if (isRequest && !isInitialized && initializing.size === 0 && !isSessionless) {
        stream.send(wireFault(id, 'init_required'))
        return
      }
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
