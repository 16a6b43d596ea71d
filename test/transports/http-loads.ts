/** An HTTP server in a process of its own that tells which modules of ours it had loaded after MCP, and after a REST route too. */
import { registerHooks } from 'node:module'

const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  }
})

const { createFixtureNode } = await import('../helpers/fixture-node.ts')
const { startHttp } = await import('./http-client.ts')
const { dispatcher, catalog } = createFixtureNode()
const rest = { invoke: dispatcher.invoke, catalog, listing: () => [], version: '1', needsToken: false }
await using http = await startHttp({ rest })
const seen = () =>
  loaded.filter(url => /\/src\/(compat|transports\/rest)\//.test(url)).map(url => url.replace(/.*\/src\//, ''))

await http.send({ body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } } })
await http.send({ method: 'GET', path: '/health' })
await dispatcher.invoke({ tool: 'echo', args: { text: 'hi' }, evidence: { kind: 'process' } })
const afterMcp = seen()
await http.send({ path: '/tools/execute/echo', body: { text: 'hi' } })
const afterRest = seen()
await dispatcher.invoke({ tool: 'semantic_search', args: {}, evidence: { kind: 'process' } })
process.stdout.write(JSON.stringify({ afterMcp, afterRest, afterOldName: seen() }))
