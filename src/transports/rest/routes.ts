/** The routes of the Python server that mean something here, each over the same calls as MCP. */
import { callResult } from '../tool-call.ts'
import { answerOf, type Route } from './route.ts'
import { listedTools, namedCall, toolRoute } from './tool-route.ts'

const text = { type: 'string' }
const count = { type: 'integer', minimum: 0 }
const object = (properties: Record<string, unknown>, optional: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter(name => !optional.includes(name))
})

const listTools: Route = {
  method: 'GET',
  path: '/tools/list',
  summary: 'Every tool with its category, and why it cannot be called now if it cannot',
  describe: () => [
    {
      path: listTools.path,
      summary: listTools.summary,
      answer: object({
        tools: {
          type: 'array',
          items: object({ name: text, category: text, title: text, description: text, unavailable: text }, [
            'unavailable'
          ])
        },
        count,
        categories: { type: 'array', items: text }
      })
    }
  ],
  answer(_sent, { catalog }) {
    const tools = listedTools(catalog).map(tool => {
      const { name, category, title, description } = tool
      const unavailable = catalog.unavailability(tool)
      return { name, category, title, description, ...(unavailable !== undefined && { unavailable }) }
    })
    return { status: 200, value: { tools, count: tools.length, categories: catalog.categories.map(({ id }) => id) } }
  }
}

const executeTool: Route = {
  method: 'POST',
  path: '/tools/execute/{tool_name}',
  summary: 'Call any tool by its name or <category>.<name>; the body has its arguments',
  describe: catalog =>
    listedTools(catalog).map(({ name, title, inputSchema, outputSchema }) => ({
      path: `/tools/execute/${name}`,
      summary: title,
      body: inputSchema,
      answer: object({ tool: { const: name }, status: { const: 'success' }, result: outputSchema })
    })),
  async answer({ path: { tool_name: tool = '' }, body: args, evidence, signal }, { invoke }) {
    const outcome = await invoke({ tool, args, evidence, signal })
    return answerOf(outcome, result => ({ tool, status: 'success', result }))
  }
}

/** The list of MCP, without its envelope. Clients sent the request either way. */
const listMcpTools = (method: Route['method']): Route => ({
  method,
  path: '/mcp/tools/list',
  summary: 'What tools/list of MCP answers',
  describe: () => [
    {
      path: '/mcp/tools/list',
      summary: 'What tools/list of MCP answers',
      ...(method === 'POST' && { body: { type: 'object' } }),
      answer: object({
        tools: {
          type: 'array',
          items: object({
            name: text,
            title: text,
            description: text,
            inputSchema: { type: 'object' },
            outputSchema: { type: 'object' },
            annotations: { type: 'object' }
          })
        }
      })
    }
  ],
  answer: (_sent, { listing }) => ({ status: 200, value: { tools: listing() } })
})

const callMcpTool: Route = {
  method: 'POST',
  path: '/mcp/tools/call',
  summary: 'What tools/call of MCP answers: a tool that fails is an answer with isError',
  describe: () => [
    {
      path: callMcpTool.path,
      summary: callMcpTool.summary,
      body: object({ name: text, arguments: { type: 'object' } }, ['arguments']),
      answer: object({
        content: { type: 'array', items: object({ type: text }) },
        structuredContent: object({ success: { type: 'boolean' }, request_id: text }),
        isError: { type: 'boolean' }
      })
    }
  ],
  async answer({ body, evidence, signal }, { invoke }) {
    const outcome = await invoke({ ...namedCall(body), evidence, signal })
    const { envelope, failure, content } = outcome
    if (failure?.code === 'TOOL_NOT_FOUND') return answerOf(outcome, () => undefined)
    return { status: 200, value: callResult({ envelope, ...(content && { content }), isError: failure !== undefined }) }
  }
}

export const ROUTES: readonly Route[] = [
  listTools,
  executeTool,
  listMcpTools('GET'),
  listMcpTools('POST'),
  callMcpTool,
  toolRoute({ method: 'POST', path: '/datasets/load', tool: 'load_dataset' }),
  toolRoute({ method: 'POST', path: '/datasets/process', tool: 'process_dataset' }),
  toolRoute({ method: 'POST', path: '/datasets/save', tool: 'save_dataset' }),
  toolRoute({ method: 'POST', path: '/datasets/convert', tool: 'convert_dataset_format' }),
  toolRoute({ method: 'POST', path: '/ipfs/pin', tool: 'pin_to_ipfs' }),
  toolRoute({ method: 'GET', path: '/ipfs/get/{cid}', tool: 'get_from_ipfs', query: ['timeout_seconds'] }),
  toolRoute({ method: 'GET', path: '/cache/stats', tool: 'cache_stats', query: ['namespace'] }),
  toolRoute({ method: 'POST', path: '/cache/clear', tool: 'cache_clear' })
]
