import {
  CallToolResultSchema,
  DiscoverResultSchema,
  InitializeResultSchema,
  ListToolsResultSchema
} from '@modelcontextprotocol/core'
import { describe, expect, test } from 'vitest'
import { ONLY_STRUCTURED_KEY, outcomeOfResult } from '../../src/protocol/wire/remote-call.ts'
import type { Request } from '../../src/transports/json-rpc.ts'
import type { Exchange } from '../../src/transports/mcp-server.ts'
import { createCounterpart, MODERN_META } from './counterpart.ts'

function setUp() {
  const counterpart = createCounterpart()
  const ask = async (method: string, params?: Record<string, unknown>, exchange: Partial<Exchange> = {}) => {
    const request: Request = { kind: 'request', id: 7, method, params }
    const { text, httpStatus } = await counterpart.mcp.answer(request, { evidence: { kind: 'process' }, ...exchange })
    return { httpStatus, ...JSON.parse(text) }
  }
  const askModern = (method: string, params: Record<string, unknown> = {}) =>
    ask(method, { _meta: MODERN_META, ...params })
  return { ...counterpart, ask, askModern }
}

const HELLO = { capabilities: {}, clientInfo: { name: 'alice', version: '1' } }

describe('the era of initialize', () => {
  test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])(
    '%s is agreed to when asked for',
    async version => {
      const { ask } = setUp()
      const { result } = await ask('initialize', { protocolVersion: version, ...HELLO })
      expect(InitializeResultSchema.parse(result)).toEqual({
        protocolVersion: version,
        capabilities: { tools: {} },
        serverInfo: { name: 'ipfs-datasets-mcp', title: 'Datasets', version: '1.2.3' },
        instructions: 'Start with tools_list_categories.'
      })
    }
  )

  test.each(['1999-01-01', '2026-07-28', ''])('version "%s" is answered with the newest of the era', async version => {
    const { ask } = setUp()
    expect((await ask('initialize', { protocolVersion: version, ...HELLO })).result.protocolVersion).toBe('2025-11-25')
  })

  test.each([
    ['no parameters', undefined],
    ['a version that is no string', { protocolVersion: 5, ...HELLO }],
    ['no capabilities', { protocolVersion: '2025-11-25', clientInfo: HELLO.clientInfo }],
    ['a client without a version', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'a' } }]
  ])('initialize with %s is refused', async (_name, params) => {
    const { ask } = setUp()
    expect((await ask('initialize', params)).error.code).toBe(-32602)
  })

  test('results carry nothing of the other era', async () => {
    const { ask } = setUp()
    expect(Object.keys((await ask('tools/list')).result)).toEqual(['tools'])
    expect(Object.keys((await ask('tools/call', { name: 'echo' })).result)).toEqual([
      'content',
      'structuredContent',
      'isError'
    ])
    expect((await ask('ping')).result).toEqual({})
  })

  test('an unknown method is -32601', async () => {
    const { ask } = setUp()
    expect((await ask('server/discover')).error.code).toBe(-32601)
    expect((await ask('toString')).error.code).toBe(-32601)
  })
})

describe('the era of 2026-07-28', () => {
  test('server/discover tells versions, capabilities, instructions, identity and how long that holds', async () => {
    const { askModern } = setUp()
    const { result } = await askModern('server/discover')
    expect(DiscoverResultSchema.safeParse(result).success).toBe(true)
    expect(result).toEqual({
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {} },
      instructions: 'Start with tools_list_categories.',
      ttlMs: 300_000,
      cacheScope: 'private',
      resultType: 'complete',
      _meta: {
        'io.modelcontextprotocol/serverInfo': { name: 'ipfs-datasets-mcp', title: 'Datasets', version: '1.2.3' }
      }
    })
  })

  test('lists can be cached and results name the server', async () => {
    const { askModern } = setUp()
    const { result } = await askModern('tools/list')
    expect(ListToolsResultSchema.parse(result).tools.map(tool => tool.name)).toContain('echo')
    expect(result).toMatchObject({ resultType: 'complete', ttlMs: 300_000, cacheScope: 'private' })
    const called = (await askModern('tools/call', { name: 'echo', arguments: { value: 'x' } })).result
    expect(called.resultType).toBe('complete')
    expect(called._meta['io.modelcontextprotocol/serverInfo'].version).toBe('1.2.3')
  })

  test('a version not spoken is refused with those that are', async () => {
    const { ask } = setUp()
    for (const version of ['2099-01-01', '2025-11-25', 'x'.repeat(5000)]) {
      const answer = await ask('tools/list', {
        _meta: { ...MODERN_META, 'io.modelcontextprotocol/protocolVersion': version }
      })
      expect(answer).toMatchObject({
        httpStatus: 400,
        error: { code: -32022, data: { supported: ['2026-07-28'], requested: version } }
      })
    }
  })

  test.each([
    ['protocolVersion', 5],
    ['clientCapabilities', undefined],
    ['clientCapabilities', []],
    ['clientInfo', 'alice'],
    ['clientInfo', { name: 'alice' }]
  ])('_meta with a bad %s is refused and named', async (key, value) => {
    const { ask } = setUp()
    const name = `io.modelcontextprotocol/${key}`
    const answer = await ask('tools/list', { _meta: { ...MODERN_META, [name]: value } })
    expect(answer).toMatchObject({ httpStatus: 400, error: { code: -32602, data: { key: name } } })
  })

  test.each(['initialize', 'ping', 'logging/setLevel', 'constructor'])('"%s" is an unknown method', async method => {
    const { askModern } = setUp()
    expect(await askModern(method)).toMatchObject({ httpStatus: 404, error: { code: -32601 } })
  })
})

describe('tools/call', () => {
  test('text and structured content are the same envelope', async () => {
    const { ask } = setUp()
    const value = 'quotes " and \\ and\nlines \u2028 and ü and 🦀'
    const { result } = await ask('tools/call', { name: 'echo', arguments: { value } })
    const parsed = CallToolResultSchema.parse(result)
    expect(parsed.structuredContent).toEqual({ success: true, status: 'success', value, request_id: 'call-1' })
    expect(JSON.parse(result.content[0].text)).toEqual(parsed.structuredContent)
    expect(parsed.isError).toBe(false)
  })

  test('a failure of the tool is a result that a model can read', async () => {
    const { ask } = setUp()
    const { result } = await ask('tools/call', { name: 'fail' })
    expect(result.isError).toBe(true)
    expect(result.structuredContent).toMatchObject({ success: false, error: 'NOT_FOUND', retryable: false })
  })

  test('an unknown tool is a protocol error with the code in its data', async () => {
    const { ask, askModern } = setUp()
    for (const call of [ask, askModern]) {
      const { error, httpStatus } = await call('tools/call', { name: 'ecko' })
      expect(error).toMatchObject({ code: -32602, data: { error: 'TOOL_NOT_FOUND', success: false } })
      expect(error.message).toContain('echo')
      expect(httpStatus).toBe(200)
    }
  })

  test('a known tool that looks for another in vain is a tool error', async () => {
    const { ask } = setUp()
    const { result } = await ask('tools/call', { name: 'look_up' })
    expect(result).toMatchObject({ isError: true, structuredContent: { error: 'TOOL_NOT_FOUND' } })
  })

  test('who says that it reads the structured result gets no text that says the same, also of a failure', async () => {
    const { ask } = setUp()
    const _meta = { ...MODERN_META, [ONLY_STRUCTURED_KEY]: true }
    const { result } = await ask('tools/call', { name: 'echo', arguments: { value: 'a' }, _meta })
    expect(result).toMatchObject({ content: [], isError: false, structuredContent: { value: 'a' } })
    expect(outcomeOfResult(result)).toEqual({ envelope: result.structuredContent, failure: undefined })
    const failed = await ask('tools/call', { name: 'fail', arguments: {}, _meta })
    expect(failed.result).toMatchObject({ content: [], isError: true, structuredContent: { error: 'NOT_FOUND' } })
  })

  test.each([
    ['no parameters', undefined],
    ['no name', { arguments: {} }],
    ['a name that is no string', { name: 5 }],
    ['arguments in an array', { name: 'echo', arguments: [1] }],
    ['arguments that are null', { name: 'echo', arguments: null }],
    ['arguments that are text', { name: 'echo', arguments: 'value=1' }],
    ['a progress token that is an object', { name: 'echo', _meta: { progressToken: {} } }]
  ])('%s is refused before any tool runs', async (_name, params) => {
    const { ask, calls } = setUp()
    const { error } = await ask('tools/call', params)
    expect(error.code).toBe(-32602)
    expect(error.data).toMatchObject({ error: 'INVALID_INPUT', issues: [{ path: expect.stringMatching(/^\//) }] })
    expect(calls).toHaveLength(0)
  })

  test('a member named __proto__ is data', async () => {
    const { ask, calls } = setUp()
    await ask('tools/call', JSON.parse('{"name":"echo","arguments":{"__proto__":{"admin":true}}}'))
    expect(JSON.stringify(calls[0]?.args)).toBe('{"__proto__":{"admin":true}}')
    expect(Object.prototype).not.toHaveProperty('admin')
  })

  test('an envelope that has no JSON is an internal error without details', async () => {
    const { ask } = setUp()
    const { error } = await ask('tools/call', { name: 'explode' })
    expect(error).toEqual({ code: -32603, message: 'The server failed; its log has the details' })
  })

  test('evidence and signal reach the call', async () => {
    const { ask, calls } = setUp()
    const { signal } = new AbortController()
    await ask('tools/call', { name: 'echo' }, { signal, evidence: { kind: 'bearer', accepted: true } })
    expect(calls[0]).toEqual({ tool: 'echo', args: {}, evidence: { kind: 'bearer', accepted: true }, signal })
  })

  test('a list has one page', async () => {
    const { ask, askModern } = setUp()
    expect((await ask('tools/list', { cursor: 'x' })).error.code).toBe(-32602)
    expect((await askModern('tools/list', { cursor: 'x' })).error.code).toBe(-32602)
  })
})

describe('progress', () => {
  test('is sent only to those who asked, growing, bounded, and with the last report', async () => {
    const { ask } = setUp()
    const sent: string[] = []
    const notify = (text: string) => void sent.push(text)
    await ask('tools/call', { name: 'count', arguments: { to: 500 } }, { notify })
    expect(sent).toEqual([])

    await ask('tools/call', { name: 'count', arguments: { to: 500 }, _meta: { progressToken: 'p' } }, { notify })
    const reports = sent.map(text => JSON.parse(text))
    const steps = reports.map(report => report.params.progress)
    expect(reports[0]).toEqual({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 'p', progress: 1, total: 500, message: 'step 1' }
    })
    expect(steps.at(-1)).toBe(500)
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    expect(steps.length).toBeLessThan(50)
  })
})
