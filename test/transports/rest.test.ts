/** What holds for every REST route: the same gate as MCP, and errors as JSON with a code and a status. */
import { execFile } from 'node:child_process'
import { request as httpRequest } from 'node:http'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ERROR_TABLE } from '../../src/core/errors.ts'
import type { HttpOptions } from '../../src/transports/http.ts'
import { STATUS } from '../../src/transports/rest/route.ts'
import { createFixtureNode } from '../helpers/fixture-node.ts'
import { startHttp } from './http-client.ts'

async function startRest(options: Partial<HttpOptions> = {}) {
  const node = createFixtureNode()
  const { dispatcher, catalog } = node
  const rest = {
    invoke: dispatcher.invoke,
    catalog,
    listing: () => [],
    version: '1.2.3',
    needsToken: options.token !== undefined
  }
  return { node, http: await startHttp({ rest, ...options }) }
}

const echo = { path: '/tools/execute/echo', body: { text: 'hi' } }

/** Resolves when `isTrue` is, looking again after each turn of the event loop. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise(resolve => setImmediate(resolve))
}

test('a tool is called by its name, under its category, or by an alias, and answers its result', async () => {
  const { http } = await startRest()
  await using _http = http
  const body = { text: 'hi' }
  expect(await http.send({ ...echo })).toMatchObject({
    status: 200,
    json: { tool: 'echo', status: 'success', result: { success: true, text: 'hi', request_id: expect.any(String) } }
  })
  expect((await http.send({ path: '/tools/execute/test_tools.echo', body })).json.result.text).toBe('hi')
  expect((await http.send({ path: '/tools/execute/shout', body })).json.result.shouted).toBe('HIHI')
  expect((await http.send({ path: '/tools/execute/%65cho', body })).json.result.text).toBe('hi')
})

test.each([
  ['input that does not fit', '/tools/execute/echo', { text: 1 }, 400, 'INVALID_INPUT'],
  ['input that is no object', '/tools/execute/echo', [], 400, 'INVALID_INPUT'],
  ['a body that is no JSON', '/tools/execute/echo', '{"text"', 400, 'INVALID_INPUT'],
  ['a body that is no UTF-8', '/tools/execute/echo', Buffer.from([0x22, 0xff, 0x22]), 400, 'INVALID_INPUT'],
  ['no tool', '/tools/execute/nothing', {}, 404, 'TOOL_NOT_FOUND'],
  ['a tool that fails', '/tools/execute/fail', { how: 'known' }, 404, 'NOT_FOUND'],
  ['a fault of the server', '/tools/execute/fail', { how: 'unknown' }, 500, 'INTERNAL'],
  ['a tool without its service', '/tools/execute/needy', {}, 503, 'SERVICE_UNAVAILABLE'],
  ['a result over its limit', '/tools/execute/flood', { bytes: 5000 }, 413, 'TOO_LARGE'],
  ['an old name', '/tools/execute/vector_tools.create_vector_index', {}, 404, 'TOOL_NOT_FOUND'],
  ['a path that is not encoded', '/tools/execute/%zz', {}, 400, 'INVALID_INPUT'],
  ['a call without a name', '/mcp/tools/call', { arguments: {} }, 400, 'INVALID_INPUT'],
  ['a call that is no object', '/mcp/tools/call', null, 400, 'INVALID_INPUT'],
  ['a call of no tool', '/mcp/tools/call', { name: 'nothing' }, 404, 'TOOL_NOT_FOUND']
])('%s is refused with its code, and nothing of the inside', async (_what, path, body, status, error) => {
  const { http } = await startRest()
  await using _http = http
  const answer = await http.send({ path, body, headers: { 'content-type': 'application/json' } })
  expect(answer).toMatchObject({
    status,
    json: { success: false, status: 'error', error, retryable: expect.any(Boolean) }
  })
  expect(answer.text).not.toContain('secret')
})

test('an old name says what to use instead', async () => {
  const { http } = await startRest()
  await using _http = http
  const { json } = await http.send({ path: '/tools/execute/execute_python_snippet', body: {} })
  expect(json.details).toMatchObject({ reason: 'dropped', use: ['query_dataset', 'process_dataset'] })
})

test('a call of MCP that fails is an answer with isError, as there', async () => {
  const { http } = await startRest()
  await using _http = http
  const call = (name: string, args: object) => http.send({ path: '/mcp/tools/call', body: { name, arguments: args } })
  const good = await call('echo', { text: 'hi' })
  expect(good).toMatchObject({ status: 200, json: { isError: false, structuredContent: { text: 'hi' } } })
  expect(JSON.parse(good.json.content[0].text)).toEqual(good.json.structuredContent)
  expect(await call('fail', { how: 'known' })).toMatchObject({
    status: 200,
    json: { isError: true, structuredContent: { error: 'NOT_FOUND' } }
  })
})

test('the list names every tool with its category, and why one cannot be called', async () => {
  const { http, node } = await startRest()
  await using _http = http
  const { json } = await http.send({ method: 'GET', path: '/tools/list' })
  const tools = node.catalog.categories.flatMap(category => category.tools)
  expect(json.count).toBe(tools.length)
  expect(json.tools.map(({ name }: { name: string }) => name)).toEqual(tools.map(({ name }) => name))
  expect(json.categories).toEqual(['meta', 'test_tools'])
  const needy = json.tools.find(({ name }: { name: string }) => name === 'needy')
  expect(needy).toMatchObject({ category: 'test_tools', unavailable: expect.stringContaining('configure') })
})

test.each([
  ['GET', '/tools/execute/echo', 'POST'],
  ['POST', '/tools/list', 'GET, HEAD'],
  ['DELETE', '/mcp/tools/list', 'GET, HEAD, POST'],
  ['PUT', '/datasets/load', 'POST'],
  ['POST', '/ipfs/get/bafkqaaa', 'GET, HEAD'],
  ['GET', '/ipfs/pin', 'POST'],
  ['POST', '/openapi.json', 'GET, HEAD']
])('%s %s is not allowed, and says what is', async (method, path, allow) => {
  const { http } = await startRest()
  await using _http = http
  const answer = await http.send({ method, path })
  expect(answer).toMatchObject({ status: 405, headers: { allow }, json: { error: 'UNSUPPORTED' } })
})

test('HEAD is answered like GET, without a body', async () => {
  const { http } = await startRest()
  await using _http = http
  const answer = await http.send({ method: 'HEAD', path: '/tools/list' })
  expect(answer.status).toBe(200)
  expect(Number(answer.headers['content-length'])).toBeGreaterThan(100)
})

test('an unknown path says what there is, and a path of the Python server what to use instead', async () => {
  const { http } = await startRest()
  await using _http = http
  const unknown = await http.send({ method: 'GET', path: '/nothing' })
  expect(unknown).toMatchObject({ status: 404, json: { error: 'NOT_FOUND' } })
  expect(unknown.json.details.routes).toEqual(
    expect.arrayContaining(['POST /mcp', 'GET /tools/list', 'POST /tools/execute/{tool_name}', 'GET /openapi.json'])
  )
  expect((await http.send({ path: '/vectors/search', body: {} })).json.message).toContain('query_dataset')
  expect((await http.send({ method: 'GET', path: '/tools' })).json.message).toContain('GET /tools/list')
})

test('anything but a JSON body is refused before it is read', async () => {
  const { http } = await startRest()
  await using _http = http
  const send = (headers: Record<string, string>) => http.send({ ...echo, headers })
  expect(await send({ 'content-type': 'text/plain' })).toMatchObject({ status: 415, json: { error: 'UNSUPPORTED' } })
  expect((await send({ 'content-encoding': 'gzip' })).status).toBe(415)
})

test('a body over the limit is refused', async () => {
  const { http } = await startRest({ maxBodyBytes: 100 })
  await using _http = http
  const answer = await http.send({ path: '/tools/execute/echo', body: { text: 'x'.repeat(200) } })
  expect(answer).toMatchObject({ status: 413, json: { error: 'TOO_LARGE' } })
  expect((await http.send(echo)).status).toBe(200)
})

test.each([
  ['GET', '/tools/list'],
  ['GET', '/openapi.json'],
  ['GET', '/ipfs/get/bafkqaaa'],
  ['POST', '/tools/execute/echo'],
  ['POST', '/mcp/tools/call'],
  ['POST', '/datasets/load'],
  ['POST', '/ipfs/pin']
])('%s %s needs the access token where there is one', async (method, path) => {
  const { http, node } = await startRest({ token: 'secret' })
  await using _http = http
  const body = method === 'POST' ? { name: 'echo', text: 'hi' } : undefined
  const bare = await http.send({ method, path, body })
  expect(bare).toMatchObject({ status: 401, json: { error: 'UNAUTHENTICATED' } })
  expect(bare.headers['www-authenticate']).toContain('Bearer')
  expect((await http.send({ method, path, body, headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
  const known = await http.send({ method, path, body, headers: { authorization: 'Bearer secret' } })
  expect([401, 403, 405]).not.toContain(known.status)
  expect(node.dispatcher.open()).toBe(0)
})

test.each([{ host: 'evil.example' }, { host: 'localhost', origin: 'https://evil.example' }])(
  'a request with %o is refused on every route',
  async headers => {
    const { http } = await startRest()
    await using _http = http
    expect(await http.send({ ...echo, headers })).toMatchObject({ status: 403, json: { error: 'FORBIDDEN' } })
    expect((await http.send({ method: 'GET', path: '/tools/list', headers })).status).toBe(403)
  }
)

test('a client that closes the connection has cancelled its call', async () => {
  const { http, node } = await startRest()
  await using _http = http
  const outgoing = httpRequest({
    host: '127.0.0.1',
    port: http.port,
    method: 'POST',
    path: '/tools/execute/wait_general',
    headers: { 'content-type': 'application/json' }
  })
  outgoing.on('error', () => {})
  outgoing.end('{}')
  await until(() => node.started.length === 1)
  outgoing.destroy()
  await until(() => node.ended.length === 1 && node.dispatcher.open() === 0)
  expect(node.ended).toEqual([expect.objectContaining({ code: 'CANCELLED' })])
})

test('calls over REST and MCP have one limit together, and what is over it is told to come again', async () => {
  const { http, node } = await startRest({ maxConcurrent: 1, graceMs: 1 })
  const waiting = http.send({ path: '/tools/execute/wait_general', body: {} })
  await until(() => node.started.length === 1)
  for (const sent of [
    echo,
    { path: '/mcp', body: { jsonrpc: '2.0', id: 1, method: 'ping' } },
    { method: 'GET', path: '/tools/list' }
  ]) {
    expect(await http.send(sent)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  }
  await http.server.stop()
  expect(await waiting).toMatchObject({ status: 503, json: { error: 'CANCELLED' } })
})

test('every code has a status of its kind', () => {
  expect(Object.keys(STATUS).sort()).toEqual(Object.keys(ERROR_TABLE).sort())
  for (const status of Object.values(STATUS)) expect(status).toBeGreaterThanOrEqual(400)
})

test('a server without REST routes answers 404 on their paths', async () => {
  await using http = await startHttp()
  expect(await http.send(echo)).toMatchObject({ status: 404, json: { error: 'NOT_FOUND' } })
})

test('nobody pays for routes, their document or the table of old names before asking for them', async () => {
  const script = new URL('./http-loads.ts', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [script])
  const { afterMcp, afterRest, afterOldName } = JSON.parse(stdout)
  expect(afterMcp).toEqual([])
  expect(afterRest).toContain('transports/rest/rest.ts')
  expect(afterRest).not.toContain('transports/rest/openapi.ts')
  expect(afterRest).not.toContain('compat/old-names.ts')
  expect(afterOldName).toContain('compat/old-names.ts')
})
