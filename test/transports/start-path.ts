/** A stdio server in a process of its own that tells, when its client is gone, which modules it has loaded. */
import { registerHooks } from 'node:module'
import { silentLog } from '../../src/core/log.ts'

const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  }
})

const { systemClock } = await import('../../src/core/clock.ts')
const { createMcpServer } = await import('../../src/transports/mcp-server.ts')
const { createStdioServer } = await import('../../src/transports/stdio.ts')

const mcp = createMcpServer({
  invoke: async () => ({ envelope: { success: true }, failure: undefined }),
  listing: () => [],
  hasTool: () => true,
  serverInfo: { name: 'ipfs-datasets-mcp', title: 'Datasets', version: '1' },
  instructions: '',
  clock: systemClock,
  log: silentLog
})
const { stdin: input, stdout: output } = process
const server = createStdioServer({ mcp, input, output, clock: systemClock, log: silentLog })
await server.start()
await server.ended
process.stderr.write(JSON.stringify(loaded))
