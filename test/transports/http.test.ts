import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { createClient, ERAS, MODERN_META } from './counterpart.ts'
import { startHttp } from './http-client.ts'

const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' })
const call = (id: unknown, name: string, args = {}, meta?: object) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, ...(meta && { _meta: meta }) }
})
const modernCall = (name: string, args = {}) => call(1, name, args, MODERN_META)
const modernHeaders = (name: string) => ({
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': name
})

describe.each(ERAS)("the SDK's client of the %s era", era => {
  async function connect() {
    const parts = await startHttp()
    const client = createClient(era)
    await client.connect(new StreamableHTTPClientTransport(new URL(parts.url)))
    return { ...parts, client }
  }

  test('lists and calls tools, and reads their failures', async () => {
    await using parts = await connect()
    const { client } = parts
    expect((await client.listTools()).tools[0]?.name).toBe('echo')
    const result = await client.callTool({ name: 'echo', arguments: { value: 'ü' } })
    expect(result.structuredContent).toMatchObject({ success: true, value: 'ü' })
    expect(await client.callTool({ name: 'fail' })).toMatchObject({ isError: true })
    await expect(client.callTool({ name: 'nope' })).rejects.toMatchObject({ code: -32602 })
    expect(client.getServerVersion()?.version).toBe('1.2.3')
    await client.close()
  })

  test('sees progress before the result', async () => {
    await using parts = await connect()
    const seen: number[] = []
    const result = await parts.client.callTool(
      { name: 'count', arguments: { to: 20 } },
      { onprogress: ({ progress }) => void seen.push(progress) }
    )
    expect(result.structuredContent).toMatchObject({ value: 20 })
    expect(seen[0]).toBe(1)
    expect(seen.at(-1)).toBe(20)
    await parts.client.close()
  })

  test('runs calls at the same time', async () => {
    await using parts = await connect()
    const waiting = [parts.client.callTool({ name: 'wait' }), parts.client.callTool({ name: 'wait' })]
    await parts.arrived(2)
    expect(await parts.client.callTool({ name: 'echo' })).toMatchObject({ isError: false })
    parts.release()
    for (const result of await Promise.all(waiting)) expect(result.structuredContent).toMatchObject({ value: 'waited' })
    await parts.client.close()
  })

  test('going away cancels its calls', async () => {
    await using parts = await connect()
    const waiting = parts.client.callTool({ name: 'wait' }).catch(() => 'gone')
    await parts.arrived(1)
    await parts.client.close()
    expect(await waiting).toBe('gone')
    await parts.abortedCalls(1)
    expect(parts.aborted).toMatchObject([{ code: 'CANCELLED' }])
  })
})

test('a cancelled call of the modern client closes its stream and reaches the tool', async () => {
  await using parts = await startHttp()
  const client = createClient('modern')
  await client.connect(new StreamableHTTPClientTransport(new URL(parts.url)))
  const controller = new AbortController()
  const waiting = client.callTool({ name: 'wait' }, { signal: controller.signal })
  await parts.arrived(1)
  controller.abort()
  await expect(waiting).rejects.toThrow()
  await parts.abortedCalls(1)
  expect(await client.callTool({ name: 'echo' })).toMatchObject({ isError: false })
  await client.close()
})

test('a client that speaks both eras finds the newer one', async () => {
  await using parts = await startHttp()
  const client = new Client({ name: 'alice', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(new StreamableHTTPClientTransport(new URL(parts.url)))
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28')
  await client.close()
})

test('clients of both eras use one server at once', async () => {
  await using parts = await startHttp()
  const clients = ERAS.map(createClient)
  for (const client of clients) await client.connect(new StreamableHTTPClientTransport(new URL(parts.url)))
  const calls = clients.flatMap(client =>
    [1, 2, 3].map(value => client.callTool({ name: 'echo', arguments: { value } }))
  )
  const values = (await Promise.all(calls)).map(
    ({ structuredContent }) => (structuredContent as { value: number }).value
  )
  expect(values).toEqual([1, 2, 3, 1, 2, 3])
  for (const client of clients) await client.close()
})

describe('bad messages', () => {
  test.each([
    ['no JSON', '{"jsonrpc":', 400, -32700, null],
    ['nothing', '', 400, -32700, null],
    ['a number', '5', 400, -32600, null],
    ['no version of JSON-RPC', { id: 3, method: 'ping' }, 400, -32600, 3],
    ['a null id', { ...ping(1), id: null }, 400, -32600, null],
    ['parameters in an array', { ...ping(3), params: [] }, 400, -32600, 3],
    ['an unknown method', { ...ping(3), method: 'tools/destroy' }, 200, -32601, 3],
    ['an unknown tool', call(3, 'nope'), 200, -32602, 3],
    ['wrong types', call(3, ['echo'] as never), 200, -32602, 3],
    ['an empty array', [], 400, -32600, null],
    ['bytes that are not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400, -32700, null]
  ])('%s', async (_name, body, status, code, id) => {
    await using parts = await startHttp()
    expect(await parts.send({ body })).toMatchObject({ status, json: { jsonrpc: '2.0', id, error: { code } } })
    expect((await parts.send({ body: ping(9) })).json).toEqual({ jsonrpc: '2.0', id: 9, result: {} })
  })

  test('notifications and answers of a client are accepted without a body', async () => {
    await using parts = await startHttp()
    for (const body of [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } },
      { jsonrpc: '2.0', id: 4, result: {} }
    ]) {
      expect(await parts.send({ body })).toMatchObject({ status: 202, text: '' })
    }
  })

  test('a notification of one client cannot cancel the call of another', async () => {
    await using parts = await startHttp()
    const waiting = parts.send({ body: call(1, 'wait') })
    await parts.arrived(1)
    await parts.send({ body: { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } } })
    parts.release()
    expect((await waiting).json.result.structuredContent.value).toBe('waited')
  })

  test('arrays are answered for 2025-03-26 and for clients older than the version header only', async () => {
    await using parts = await startHttp()
    const body = [ping(1), call(2, 'echo')]
    expect((await parts.send({ body })).json).toMatchObject([{ id: 1 }, { id: 2, result: { isError: false } }])
    const older = await parts.send({ body, headers: { 'mcp-protocol-version': '2025-03-26' } })
    expect(older.json).toHaveLength(2)
    for (const version of ['2025-06-18', '2025-11-25', '2026-07-28']) {
      const refused = await parts.send({ body, headers: { 'mcp-protocol-version': version } })
      expect(refused).toMatchObject({ status: 400, json: { error: { code: -32600 } } })
    }
    const silent = [{ jsonrpc: '2.0', method: 'notifications/initialized' }]
    expect(await parts.send({ body: silent })).toMatchObject({ status: 202, text: '' })
  })

  test('an unknown method of 2026-07-28 is 404', async () => {
    await using parts = await startHttp()
    const body = { ...ping(1), params: { _meta: MODERN_META } }
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'ping' }
    expect(await parts.send({ body, headers })).toMatchObject({ status: 404, json: { id: 1, error: { code: -32601 } } })
  })
})

describe('headers that repeat the message', () => {
  test.each([
    ['no version', { 'mcp-protocol-version': '' }],
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
    ['another method', { 'mcp-method': 'tools/list' }],
    ['another name', { 'mcp-name': 'fail' }],
    ['a name whose encoding is broken', { 'mcp-name': '=?base64?ZWNobw?=' }]
  ])('%s is a mismatch', async (_name, change) => {
    await using parts = await startHttp()
    const answer = await parts.send({ body: modernCall('echo'), headers: { ...modernHeaders('echo'), ...change } })
    expect(answer).toMatchObject({ status: 400, json: { id: 1, error: { code: -32020 } } })
    expect(parts.calls).toHaveLength(0)
  })

  test.each(['mcp-protocol-version', 'mcp-method', 'mcp-name'])('%s must not be missing', async missing => {
    await using parts = await startHttp()
    const headers = Object.fromEntries(Object.entries(modernHeaders('echo')).filter(([name]) => name !== missing))
    const answer = await parts.send({ body: modernCall('echo'), headers })
    expect(answer).toMatchObject({ status: 400, json: { error: { code: -32020 } } })
  })

  test('a name may come encoded', async () => {
    await using parts = await startHttp()
    const headers = modernHeaders(`=?base64?${Buffer.from('echo').toString('base64')}?=`)
    expect((await parts.send({ body: modernCall('echo'), headers })).json.result.isError).toBe(false)
  })

  test('a version not spoken is refused with those that are', async () => {
    await using parts = await startHttp()
    const meta = { ...MODERN_META, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' }
    const headers = { ...modernHeaders('echo'), 'mcp-protocol-version': '2099-01-01' }
    const modern = await parts.send({ body: call(1, 'echo', {}, meta), headers })
    expect(modern).toMatchObject({ status: 400, json: { error: { code: -32022, data: { requested: '2099-01-01' } } } })

    const legacy = await parts.send({ body: call(1, 'echo'), headers: { 'mcp-protocol-version': '1999-01-01' } })
    expect(legacy).toMatchObject({ status: 400, json: { error: { code: -32000, data: { requested: '1999-01-01' } } } })
  })

  test('a modern version header needs its _meta, and initialize has no place in it', async () => {
    await using parts = await startHttp()
    const headers = { 'mcp-protocol-version': '2026-07-28' }
    const bare = await parts.send({ body: call(1, 'echo'), headers })
    expect(bare).toMatchObject({ status: 400, json: { error: { code: -32602 } } })
    const body = { ...ping(1), method: 'initialize', params: {} }
    expect(await parts.send({ body, headers })).toMatchObject({ status: 400, json: { error: { code: -32020 } } })
  })
})

describe('the answer', () => {
  const accept = 'application/json, text/event-stream'

  test('is JSON unless something comes before it', async () => {
    await using parts = await startHttp()
    const quiet = call(1, 'echo', {}, { progressToken: 1 })
    expect((await parts.send({ body: quiet, headers: { accept } })).json.result.isError).toBe(false)
    const deaf = call(1, 'count', { to: 3 }, { progressToken: 1 })
    expect((await parts.send({ body: deaf, headers: { accept: 'application/json' } })).json.result.isError).toBe(false)
    const tokenless = call(1, 'count', { to: 3 })
    expect((await parts.send({ body: tokenless, headers: { accept } })).json.result.isError).toBe(false)
  })

  test('is the last event of a stream when progress came first', async () => {
    await using parts = await startHttp()
    const body = call(1, 'count', { to: 3 }, { progressToken: 't' })
    const { headers, text } = await parts.send({ body, headers: { accept } })
    expect(headers['content-type']).toBe('text/event-stream')
    const events = text.trimEnd().split('\n\n')
    expect(events.every(event => event.startsWith('event: message\ndata: {'))).toBe(true)
    const messages = events.map(event => JSON.parse(event.slice(event.indexOf('{'))))
    expect(messages.map(message => message.params?.progress ?? message.result.structuredContent.value)).toEqual([
      1, 3, 3
    ])
  })
})

describe('beside MCP', () => {
  test('health, readiness and metrics', async () => {
    let reasons: string[] = []
    await using parts = await startHttp({ ready: () => ({ ready: reasons.length === 0, reasons }) })
    const get = (path: string) => parts.send({ method: 'GET', path })
    expect(await get('/health')).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await get('/health/ready')).toMatchObject({ status: 200, json: { ready: true } })
    reasons = ['blocks: the disk is full']
    expect(await get('/health/ready')).toMatchObject({ status: 503, json: { ready: false, reasons } })
    const metrics = await get('/metrics')
    expect(metrics.headers['content-type']).toContain('version=0.0.4')
    expect(metrics.text).toContain('calls_total 3')
  })

  test.each([
    ['GET', '/mcp', 405, 'POST'],
    ['DELETE', '/mcp', 405, 'POST'],
    ['OPTIONS', '/mcp', 405, 'POST'],
    ['POST', '/metrics', 405, 'GET, HEAD'],
    ['GET', '/', 404, undefined],
    ['POST', '/mcp/../etc/passwd', 404, undefined]
  ])('%s %s is %i', async (method, path, status, allow) => {
    await using parts = await startHttp()
    const answer = await parts.send({ method, path })
    expect(answer.status).toBe(status)
    expect(answer.headers.allow).toBe(allow)
  })
})
