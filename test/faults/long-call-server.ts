/** A stdio server with a queue in a file, whose tools write each of their runs to a ledger and end when a file says so. */
import { access, appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { type CallContext, type Category, defineTool } from '../../src/core/tool.ts'
import { longCallOf } from '../../src/runtime/long-call.ts'
import { mcpTasks } from '../../src/tools/mcp_tasks/index.ts'
import { TASK_TOOLS } from '../../src/tools/mcp_tasks/names.ts'
import { createMcpServer } from '../../src/transports/mcp-server.ts'
import { createStdioServer } from '../../src/transports/stdio.ts'
import { createFixtureNode, fixture } from '../helpers/fixture-node.ts'
import { longCallPlans } from '../helpers/long-calls.ts'

const directory = process.argv[2] ?? ''
const inDirectory = (name: string) => join(directory, name)

async function linger(name: string, { signal }: CallContext<never>): Promise<void> {
  await appendFile(inDirectory('ledger'), `${name}\n`)
  for (;;) {
    if (
      await access(inDirectory('go')).then(
        () => true,
        () => false
      )
    )
      return
    await sleep(20, undefined, { signal })
  }
}

const lingering = (name: string, isRetrySafe: boolean, isAsking = false) =>
  defineTool({
    ...fixture,
    name,
    remote: 'task',
    asTask: 'offered',
    needs: [],
    limits: { isRetrySafe },
    input: z.strictObject({ label: z.string().max(20) }),
    output: z.object({ label: z.string() }),
    async run({ label }, context) {
      if (isAsking) await context.client.ask({ sure: { method: 'elicitation/create', params: { message: 'Sure?' } } })
      await linger(label, context)
      return { label }
    }
  })

const tools: Category = {
  id: 'lingering',
  title: 'Lingering',
  summary: 'Tools that linger',
  tools: [lingering('once', false), lingering('safe', true), lingering('asking', false, true)]
}
const { dispatcher, catalog, services } = createFixtureNode({
  categories: [tools, mcpTasks],
  lanes: { general: { concurrency: 8, queue: 8 }, p2p: { concurrency: 8, queue: 8 } },
  servicePlans: runner => longCallPlans(runner, { directory, leaseMs: 1000, concurrency: 2 })
})
await services.acquire(['queue'])
const mcp = createMcpServer({
  invoke: dispatcher.invoke,
  listing: () => [],
  hasTool: catalog.has,
  serverInfo: { name: 'lingering', title: 'Lingering', version: '1' },
  instructions: '',
  tasks: { ...TASK_TOOLS, longCallOf: call => longCallOf(catalog, call) },
  clock: systemClock,
  log: silentLog
})
const { stdin: input, stdout: output } = process
const server = createStdioServer({ mcp, input, output, clock: systemClock, log: silentLog })
await server.start()
await server.ended
await services.stop()
