/** A process that serves the fixture node over the shipping HTTP transport. Options come as one JSON argument. */
import { systemClock } from '../src/core/clock.ts'
import { createLog } from '../src/core/log.ts'
import { createHttpServer } from '../src/transports/http.ts'
import { listTools } from '../src/transports/listing.ts'
import { createMcpServer } from '../src/transports/mcp-server.ts'
import { reportToParent } from './child-report.ts'
import { createFixtureNode, type FixtureOptions } from './fixture-node.ts'

const { maxConcurrent, ...options }: FixtureOptions & { maxConcurrent?: number } = JSON.parse(process.argv[2] ?? '')
const log = createLog('warn', line => process.stderr.write(line))
const { dispatcher, catalog } = createFixtureNode(options)
const tools = listTools(catalog.categories, 'meta')
const mcp = createMcpServer({
  invoke: dispatcher.invoke,
  listing: () => tools,
  hasTool: catalog.has,
  serverInfo: { name: 'bench', title: 'Bench', version: '1.0.0' },
  instructions: 'Call noop.',
  clock: systemClock,
  log
})
const server = createHttpServer({
  mcp,
  listen: { port: 0 },
  ...(maxConcurrent !== undefined && { maxConcurrent }),
  metrics: () => '',
  ready: () => ({ ready: true, reasons: [] }),
  clock: systemClock,
  log
})
await server.start()
reportToParent(Number(new URL(server.url ?? '').port))
