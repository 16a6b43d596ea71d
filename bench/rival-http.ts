/** The rival of HTTP: the SDK's own handler behind its Node adapter, with the same tool. It serves both eras. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  localhostHostValidation,
  localhostOriginValidation,
  type NodeIncomingMessageLike,
  toNodeHandler
} from '@modelcontextprotocol/node'
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { reportToParent } from './child-report.ts'

const input = z.object({ text: z.string().max(100) })
const output = z.object({ text: z.string() })
const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'rival', version: '1.0.0' })
  server.registerTool(
    'noop',
    { description: 'Answers with the text that it was given.', inputSchema: input, outputSchema: output },
    async ({ text }) => ({ content: [{ type: 'text', text: JSON.stringify({ text }) }], structuredContent: { text } })
  )
  return server
})
const handle = toNodeHandler(handler)
const isHostAllowed = localhostHostValidation()
const isOriginAllowed = localhostOriginValidation()

const server = createServer((request, response) => {
  if (!isHostAllowed(request, response) || !isOriginAllowed(request, response)) return
  // The adapter is made for Node's requests; only its types do not know our strictness about undefined.
  void handle(request as NodeIncomingMessageLike, response)
})
server.listen(0, '127.0.0.1', () => {
  // It listens on TCP.
  reportToParent((server.address() as AddressInfo).port)
})
