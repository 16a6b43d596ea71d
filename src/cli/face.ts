/** How a node shows itself over MCP, and the HTTP server that shows it. */
import type { Config } from '../config.ts'
import { systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import type { Node } from '../node.ts'
import { prometheusText } from '../protocol/telemetry/prometheus.ts'
import { longCallOf } from '../runtime/long-call.ts'
import { TASK_TOOLS } from '../tools/mcp_tasks/names.ts'
import { RESOURCE_TEMPLATES } from '../tools/resources/templates.ts'
import { listTools } from '../transports/listing.ts'
import { createMcpServer, type McpServer } from '../transports/mcp-server.ts'
import { listPrompts } from '../transports/prompts.ts'
import { VERSION } from '../version.ts'

const INSTRUCTIONS = `Datasets on content addresses: load, query with SQL, transform, publish and read back by CID.
Find a tool with tools_search (or tools_list_categories); see its parameters with tools_get_schema; call it with tools_dispatch or by name.
If "truncated" is true, continue with the cursor or ask for less.`

export function createFace(node: Node, config: Config, log: Log): McpServer {
  const { invoke, catalog, changes, keepsLongCalls, longCallChanges } = node
  // An unknown category is refused at start, with the nearest name.
  if (typeof config.expose !== 'string') for (const name of config.expose) catalog.category(name)
  const tools = listTools(catalog.categories, config.expose)
  const prompts = listPrompts(catalog.category('prompts'))
  return createMcpServer({
    invoke,
    listing: () => tools,
    hasTool: catalog.has,
    serverInfo: { name: 'ipfs-datasets-mcp', title: 'IPFS datasets', version: VERSION },
    instructions: INSTRUCTIONS,
    prompts: { listing: () => prompts, category: 'prompts' },
    resources: { listTool: 'list_resources', readTool: 'read_resource', templates: () => RESOURCE_TEMPLATES },
    completionTool: 'complete_argument',
    changes,
    ...(keepsLongCalls && {
      tasks: { ...TASK_TOOLS, longCallOf: call => longCallOf(catalog, call), changes: longCallChanges }
    }),
    clock: systemClock,
    log
  })
}

export async function createHttp(
  node: Node,
  mcp: McpServer,
  config: Config,
  log: Log,
  listen: { host: string; port: number } | { socketPath: string }
) {
  const { createHttpServer } = await import('../transports/http.ts')
  const { server } = config
  return createHttpServer({
    mcp,
    listen,
    token: config.token,
    ...(server.allowed_hosts.length > 0 && { allowedHosts: server.allowed_hosts }),
    ...(server.allowed_origins.length > 0 && { allowedOrigins: server.allowed_origins }),
    maxBodyBytes: server.max_body_bytes,
    maxConcurrent: server.max_concurrent,
    graceMs: server.stop_timeout_s * 1000,
    content: node.content,
    rest: {
      invoke: node.invoke,
      catalog: node.catalog,
      listing: () => listTools(node.catalog.categories, config.expose),
      version: VERSION,
      needsToken: config.token !== undefined && !('socketPath' in listen)
    },
    hasDashboard: !('socketPath' in listen),
    metrics: async () => prometheusText(await node.metrics.read()),
    ready: node.ready,
    clock: systemClock,
    log
  })
}
