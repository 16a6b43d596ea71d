/** The fixture catalogue of the conformance suite behind our own dispatcher and transports. */
import { systemClock } from '../../src/core/clock.ts'
import { type Log, silentLog } from '../../src/core/log.ts'
import type { Category, Invoke } from '../../src/core/tool.ts'
import type { Authorize } from '../../src/runtime/authorize.ts'
import { longCallOf } from '../../src/runtime/long-call.ts'
import { mcpTasks } from '../../src/tools/mcp_tasks/index.ts'
import { TASK_TOOLS } from '../../src/tools/mcp_tasks/names.ts'
import { createChangeFeed } from '../../src/transports/changes.ts'
import { createHttpServer, type HttpServer } from '../../src/transports/http.ts'
import { listTools } from '../../src/transports/listing.ts'
import { createMcpServer, type McpServer } from '../../src/transports/mcp-server.ts'
import { listPrompts } from '../../src/transports/prompts.ts'
import { createTaskFeed } from '../../src/transports/task-feed.ts'
import { createFixtureNode } from '../helpers/fixture-node.ts'
import { longCallPlans } from '../helpers/long-calls.ts'
import { askingTools } from './asking-tools.ts'
import { contentTools } from './content-tools.ts'
import { prompts } from './prompts.ts'
import { resources, TEMPLATES } from './resources.ts'
import { schemaTool } from './schema-tool.ts'
import { taskTools } from './task-tools.ts'

export interface ConformanceOptions {
  log?: Log
  changes?: ReturnType<typeof createChangeFeed>
  /** Who may run what; see `createFixtureNode`. */
  authorize?: Authorize
}

export function createConformanceMcp(log: Log = silentLog, changes = createChangeFeed()): McpServer {
  return createConformanceNode({ log, changes }).mcp
}

export function createConformanceNode({
  log = silentLog,
  changes = createChangeFeed(),
  authorize
}: ConformanceOptions): { mcp: McpServer; invoke: Invoke } {
  const tools: Category = {
    id: 'conformance_tools',
    title: 'Conformance',
    summary: 'Tools of the conformance suite',
    tools: [...contentTools(changes), ...askingTools, ...taskTools]
  }
  const taskChanges = createTaskFeed()
  const { dispatcher, catalog } = createFixtureNode({
    log,
    categories: [tools, prompts, resources, mcpTasks],
    lanes: { general: { concurrency: 16, queue: 16 }, p2p: { concurrency: 16, queue: 16 } },
    ...(authorize && { authorize }),
    servicePlans: runner => longCallPlans(runner, { log, onChange: taskChanges.emit })
  })
  const listing = [...listTools(catalog.categories, [tools.id]), schemaTool]
  const promptListing = listPrompts(catalog.category(prompts.id))
  const mcp = createMcpServer({
    invoke: dispatcher.invoke,
    listing: () => listing,
    hasTool: catalog.has,
    serverInfo: { name: 'conformance-fixture', title: 'Conformance fixture', version: '1.0.0' },
    instructions: 'Tools, prompts and resources of the conformance suite.',
    prompts: { listing: () => promptListing, category: prompts.id },
    resources: { listTool: 'list_test_resources', readTool: 'read_test_resource', templates: () => TEMPLATES },
    completionTool: 'complete_test_argument',
    tasks: { ...TASK_TOOLS, longCallOf: call => longCallOf(catalog, call), changes: () => taskChanges },
    logging: true,
    changes,
    clock: systemClock,
    log
  })
  return { mcp, invoke: dispatcher.invoke }
}

export function createConformanceServer(port: number, log: Log = silentLog): HttpServer {
  return createHttpServer({
    mcp: createConformanceMcp(log),
    listen: { port },
    metrics: () => '',
    ready: () => ({ ready: true, reasons: [] }),
    clock: systemClock,
    log
  })
}
