/** `serve`: MCP over stdio or HTTP, and for other processes of the same user over the socket in the data directory. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import { systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { type Node, startNode } from '../node.ts'
import { RESOURCE_TEMPLATES } from '../tools/resources/templates.ts'
import { listTools } from '../transports/listing.ts'
import { createMcpServer, type McpServer } from '../transports/mcp-server.ts'
import { listPrompts } from '../transports/prompts.ts'
import { VERSION } from '../version.ts'
import { COMMON_OPTIONS, configure, logOf } from './common.ts'
import { type Command, EXIT, type Terminal } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp serve [--transport stdio|http] [options]

Serves MCP. With stdio (the default) an MCP client starts this program and talks to it; with http it listens and prints where.
Several servers may use one data directory: the first owns it, the others send it their calls.

  --transport <name>   stdio (default) or http
  --host <address>     Where http listens (default 127.0.0.1); beyond loopback an access token is required
  --port <number>      The port of http (default 3002; 0 takes a free one)

The access token comes from the environment variable IPFS_DATASETS_MCP_TOKEN or the file named by server.token_file.

Examples:
  ipfs-datasets-mcp serve
  ipfs-datasets-mcp serve --transport http --port 3002
  IPFS_DATASETS_MCP_TOKEN=… ipfs-datasets-mcp serve --transport http --host 0.0.0.0
`

const INSTRUCTIONS = `Datasets on content addresses: load, query with SQL, transform, publish and read back by CID.
Find a tool with tools_search (or tools_list_categories); see its parameters with tools_get_schema; call it with tools_dispatch or by name.
If "truncated" is true, continue with the cursor or ask for less.`

/** The socket opens after the first answers, so that it costs a starting client no time. */
const SOCKET_DELAY_MS = 150

export const serve: Command = {
  summary: 'Serve MCP over stdio or HTTP',
  help: HELP,
  async run(args, terminal) {
    const { values } = parseArgs({
      args,
      options: {
        ...COMMON_OPTIONS,
        transport: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        stdio: { type: 'boolean' },
        http: { type: 'boolean' }
      }
    })
    const config = await configure(values, terminal)
    const log = logOf(config, terminal)
    await using node = await startNode(config, { log, runsTasks: true })
    const mcp = createFace(node, config, log)
    await using _socket = shareNode(node, mcp, config, log)
    if (config.server.transport === 'http') await serveHttp(node, mcp, config, log, terminal)
    else await serveStdio(mcp, log, terminal)
    return EXIT.ok
  }
}

function createFace({ invoke, catalog, changes }: Node, config: Config, log: Log): McpServer {
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
    clock: systemClock,
    log
  })
}

async function serveStdio(mcp: McpServer, log: Log, { stdin, stdout, stop }: Terminal): Promise<void> {
  const { createStdioServer } = await import('../transports/stdio.ts')
  const server = createStdioServer({ mcp, input: stdin, output: stdout, clock: systemClock, log })
  await server.start()
  stop.addEventListener('abort', () => void server.stop())
  if (stop.aborted) await server.stop()
  await server.ended
}

async function serveHttp(
  node: Node,
  mcp: McpServer,
  config: Config,
  log: Log,
  { stderr, stop }: Terminal
): Promise<void> {
  const { host, port } = config.server
  const server = await createHttp(node, mcp, config, log, { host, port })
  await server.start()
  stderr.write(`Serving MCP at ${server.url}
Connect a client:
  Claude Code    claude mcp add --transport http ipfs-datasets ${server.url}
  others         add a server of type "http" with this URL to their settings
  the shell      ipfs-datasets-mcp call --url ${server.url} list_datasets
`)
  if (!stop.aborted) await new Promise(resolve => stop.addEventListener('abort', resolve, { once: true }))
  await server.stop()
}

/** Opens the socket of the data directory soon after this process owns it; closes it at the end. */
function shareNode(node: Node, mcp: McpServer, config: Config, log: Log): AsyncDisposable {
  const leaving = new AbortController()
  let opening: Promise<{ stop(): Promise<void> } | undefined> = Promise.resolve(undefined)

  async function open() {
    await sleep(SOCKET_DELAY_MS, undefined, { signal: leaving.signal })
    const server = await createHttp(node, mcp, config, log, { socketPath: node.socketPath })
    await server.start()
    await node.resumeTasks().catch(error => log.error('the tasks from before are not taken up', { error }))
    return server
  }

  node.onOwned(() => {
    opening = open().catch(error => {
      if (!leaving.signal.aborted) log.error('the socket of the data directory is not open', { error })
      return undefined
    })
  })
  return {
    async [Symbol.asyncDispose]() {
      leaving.abort()
      await (await opening)?.stop()
    }
  }
}

async function createHttp(
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
    metrics: node.metrics.render,
    ready: node.ready,
    clock: systemClock,
    log
  })
}
