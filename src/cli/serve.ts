/** `serve`: MCP over stdio or HTTP, and for other processes of the same user over the socket in the data directory. */
import { parseArgs } from 'node:util'
import type { Config } from '../config.ts'
import { systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { type Node, startNode } from '../node.ts'
import type { McpServer } from '../transports/mcp-server.ts'
import { configure, logOf } from './common.ts'
import { createFace, createHttp } from './face.ts'
import { COMMON_OPTIONS } from './options.ts'
import { observeProcess } from './process-metrics.ts'
import { shareNode } from './share.ts'
import { telemetryOf } from './telemetry.ts'
import { type Command, EXIT, type Terminal } from './terminal.ts'

const HELP = `Usage: ipfs-datasets-mcp serve [--transport stdio|http] [options]

Serves MCP. With stdio (the default) an MCP client starts this program and talks to it; with http it listens and prints where.
Several servers may use one data directory: the first owns it, the others send it their calls.

  --transport <name>   stdio (default) or http
  --host <address>     Where http listens (default 127.0.0.1); beyond loopback an access token is required
  --port <number>      The port of http (default 3002; 0 takes a free one)
  --p2p                Listen for peers, who must be invited first (p2p invite); on by itself once a peer is trusted
  --work-for <peers>   Run the queued tasks of these peers too, as far as they may use the tools here (p2p join --tools)

The access token comes from the environment variable IPFS_DATASETS_MCP_TOKEN or the file named by server.token_file.

Examples:
  ipfs-datasets-mcp serve
  ipfs-datasets-mcp serve --transport http --port 3002
  IPFS_DATASETS_MCP_TOKEN=… ipfs-datasets-mcp serve --transport http --host 0.0.0.0
`

export const serve: Command = {
  summary: 'Serve MCP over stdio or HTTP',
  help: HELP,
  async run(args, terminal) {
    const { values } = parseArgs({
      args,
      options: {
        ...COMMON_OPTIONS,
        transport: { type: 'string' },
        p2p: { type: 'boolean' },
        'work-for': { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        stdio: { type: 'boolean' },
        http: { type: 'boolean' }
      }
    })
    const config = await configure(values, terminal)
    const log = logOf(config, terminal)
    await using telemetry = await telemetryOf(config, log)
    await using node = await startNode(config, { log, tracer: telemetry?.tracer, runsTasks: true })
    observeProcess(node.metrics, terminal.usage)
    telemetry?.exportMetrics(node.metrics)
    const mcp = createFace(node, config, log)
    await using _socket = shareNode(node, mcp, config, log)
    if (config.server.transport === 'http') await serveHttp(node, mcp, config, log, terminal)
    else await serveStdio(mcp, log, terminal)
    return EXIT.ok
  }
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
  a browser      ${server.url?.replace(/mcp$/, 'ui/')}
`)
  if (!stop.aborted) await new Promise(resolve => stop.addEventListener('abort', resolve, { once: true }))
  await server.stop()
}
