/** Calls of tools, over MCP as any client makes them. The token is kept for this tab only. */

const VERSION = '2026-07-28'
const TOKEN = 'ipfs-datasets-mcp.token'

/** A call that failed, with the code of the server's table or the HTTP status. */
export class CallError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  /** @param {string} value */
  set: value => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN)
}

let lastId = 0

/**
 * Calls a tool and answers its result. A CallError says why not.
 * @param {string} tool
 * @param {object} [args]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} what the tool's output schema says; views read it as such
 */
export async function call(tool, args = {}, signal) {
  const result = await ask('tools/call', { name: tool, arguments: args }, { 'mcp-name': tool }, signal)
  const value = result.structuredContent
  if (result.isError) throw new CallError(value.error, value.message)
  return value
}

/** @param {AbortSignal} [signal] */
export async function discover(signal) {
  return await ask('server/discover', {}, {}, signal)
}

/**
 * @param {string} method
 * @param {object} params
 * @param {Record<string, string>} headers
 * @param {AbortSignal} [signal]
 */
async function ask(method, params, headers, signal) {
  const secret = token.get()
  const response = await fetch('../mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'mcp-protocol-version': VERSION,
      'mcp-method': method,
      ...headers,
      ...(secret !== null && { authorization: `Bearer ${secret}` })
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: ++lastId, method, params: { ...params, _meta: META } }),
    ...(signal && { signal })
  }).catch(cause => {
    if (signal?.aborted) throw cause
    throw new CallError('OFFLINE', 'The server does not answer; start it again, and this page goes on by itself')
  })
  const answer = await response.json().catch(() => undefined)
  if (answer?.result) return answer.result
  const error = answer?.error
  throw new CallError(error?.data?.error ?? `HTTP_${response.status}`, error?.message ?? 'That was no answer of MCP')
}

const META = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientInfo': { name: 'dashboard', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
  'ipfs-datasets-mcp/only-structured': true
}
