/** The bytes of one `tools/call` over HTTP, as a client of either era sends it. */

export type Era = '2026-07-28' | '2025-11-25'

export function callRequest(era: Era, tool: string, args: object): Buffer {
  const isModern = era === '2026-07-28'
  const claim = {
    'io.modelcontextprotocol/protocolVersion': era,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {}
  }
  const params = { name: tool, arguments: args, ...(isModern && { _meta: claim }) }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
  const headers = [
    'POST /mcp HTTP/1.1',
    'Host: localhost',
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${era}`,
    ...(isModern ? ['Mcp-Method: tools/call', `Mcp-Name: ${tool}`] : []),
    `Content-Length: ${Buffer.byteLength(body)}`
  ]
  return Buffer.from(`${headers.join('\r\n')}\r\n\r\n${body}`)
}
