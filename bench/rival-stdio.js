/** The rival of a start: the SDK's own server with one tool over stdio. Plain JavaScript, so that no type is stripped at its cost. */
import { McpServer } from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

const server = new McpServer({ name: 'rival', version: '1.0.0' })
server.registerTool(
  'noop',
  { description: 'Does nothing', inputSchema: z.object({ text: z.string() }) },
  async ({ text }) => ({ content: [{ type: 'text', text }] })
)
await server.connect(new StdioServerTransport())
