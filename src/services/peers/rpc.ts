/** `task_queue.rpc` from the asking side: one message of the task queue, and its answer with the codes of ours. */
import { AppError, ERROR_TABLE, type ErrorCode } from '../../core/errors.ts'
import { callParams } from '../../protocol/wire/remote-call.ts'
import type { Peers, PeerTarget } from './api.ts'
import { RemoteFault } from './channel.ts'

export const TASK_QUEUE_RPC = 'task_queue.rpc'

/** What nodes in Python call what has another name here. */
const PYTHON_CODES: Record<string, ErrorCode> = {
  unauthorized: 'FORBIDDEN',
  unknown_op: 'UNSUPPORTED',
  unknown_tool: 'TOOL_NOT_FOUND',
  cache_disabled: 'SERVICE_UNAVAILABLE',
  tools_disabled: 'SERVICE_UNAVAILABLE',
  mcp_registry_unavailable: 'SERVICE_UNAVAILABLE',
  task_missing: 'NOT_FOUND',
  frame_too_large: 'TOO_LARGE',
  rate_limited: 'BUSY',
  timeout: 'DEADLINE_EXCEEDED',
  internal_error: 'INTERNAL'
}

export interface RpcOptions {
  version: string
  /** Sent along to nodes that ask for it. */
  token?: string
  signal?: AbortSignal
  timeoutMs?: number
}

export async function queueRpc(
  request: Peers['request'],
  target: PeerTarget,
  message: Record<string, unknown>,
  { version, token, ...options }: RpcOptions
): Promise<Record<string, unknown>> {
  const shown = token === undefined ? message : { ...message, token }
  const params = callParams(TASK_QUEUE_RPC, shown, { clientInfo: { name: 'ipfs-datasets-mcp', version } })
  const result = await request(target, 'tools/call', params, options).catch((error: unknown) => {
    throw error instanceof RemoteFault ? failureOf({ error: error.message, ...Object(error.data) }) : error
  })
  const answer = Object(result).content
  if (typeof answer !== 'object' || answer === null) {
    throw new AppError('BAD_DATA', 'The peer did not answer as a task queue does')
  }
  if (answer.ok === true) return answer
  throw failureOf(answer)
}

function failureOf({ error, message, detail }: Record<string, unknown>): AppError {
  const name = typeof error === 'string' ? error : 'internal_error'
  const words = [message, detail].find(text => typeof text === 'string')
  return new AppError(codeOf(name), typeof words === 'string' ? words : `The peer answered ${name.slice(0, 200)}`)
}

function codeOf(name: string): ErrorCode {
  const upper = name.toUpperCase()
  // The table has it.
  if (Object.hasOwn(ERROR_TABLE, upper)) return upper as ErrorCode
  if (name.startsWith('missing_')) return 'INVALID_INPUT'
  return PYTHON_CODES[name] ?? 'INTERNAL'
}
