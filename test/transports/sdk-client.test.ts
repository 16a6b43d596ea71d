import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { createConformanceMcp } from '../conformance/fixture-server.ts'
import { ERAS, MODERN_META } from './counterpart.ts'
import { startHttp } from './http-client.ts'

describe.each(ERAS)("the SDK's client of the %s era", era => {
  async function connect() {
    const parts = await startHttp({ mcp: createConformanceMcp() })
    const mode = era === 'modern' ? ({ pin: '2026-07-28' } as const) : ('legacy' as const)
    const client = new Client(
      { name: 'alice', version: '1.0.0' },
      { versionNegotiation: { mode }, capabilities: { elicitation: {} } }
    )
    client.setRequestHandler('elicitation/create', async () => ({
      action: 'accept',
      content: { username: 'alice', email: 'alice@example.org' }
    }))
    await client.connect(new StreamableHTTPClientTransport(new URL(parts.url)))
    return { ...parts, client }
  }

  test('gets prompts and completions', async () => {
    await using parts = await connect()
    const { client } = parts
    const { prompts } = await client.listPrompts()
    expect(prompts.find(({ name }) => name === 'test_prompt_with_arguments')?.arguments).toMatchObject([
      { name: 'arg1', required: true },
      { name: 'arg2', required: true }
    ])
    const prompt = await client.getPrompt({
      name: 'test_prompt_with_arguments',
      arguments: { arg1: 'a', arg2: 'b' }
    })
    expect(prompt.messages[0]?.content).toMatchObject({ text: "Prompt with arguments: arg1='a', arg2='b'" })
    await expect(client.getPrompt({ name: 'test_prompt_with_arguments' })).rejects.toMatchObject({ code: -32602 })
    await expect(client.getPrompt({ name: 'echo' })).rejects.toMatchObject({ code: -32602 })
    const ref = { type: 'ref/prompt', name: 'test_prompt_with_arguments' } as const
    const { completion } = await client.complete({ ref, argument: { name: 'arg1', value: 'par' } })
    expect(completion.values).toEqual(['paris', 'park', 'party'])
    await client.close()
  })

  test('reads resources, and learns which one is not there', async () => {
    await using parts = await connect()
    const { client } = parts
    const { resources } = await client.listResources()
    expect(resources.map(({ uri }) => uri)).toContain('test://static-text')
    expect((await client.listResourceTemplates()).resourceTemplates).toHaveLength(1)
    const { contents } = await client.readResource({ uri: 'test://template/7/data' })
    expect(contents).toMatchObject([{ mimeType: 'application/json', text: expect.stringContaining('"id":"7"') }])
    await expect(client.readResource({ uri: 'test://nothing' })).rejects.toThrow('There is no such resource')
    await client.close()
  })

  test('is asked by a running tool and answers', async () => {
    await using parts = await connect()
    const result = await parts.client.callTool({ name: 'test_elicitation', arguments: { message: 'Who?' } })
    expect(result.content).toMatchObject([{ text: expect.stringContaining('alice@example.org') }])
    await parts.client.close()
  })
})

test('on the wire an unknown resource has the code of its era', async () => {
  await using parts = await startHttp({ mcp: createConformanceMcp() })
  const uri = 'test://nothing'
  const read = (params: object, headers = {}) =>
    parts.send({ headers, body: { jsonrpc: '2.0', id: 1, method: 'resources/read', params } })
  expect((await read({ uri })).json.error).toMatchObject({ code: -32002, data: { uri } })
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'resources/read', 'mcp-name': uri }
  expect((await read({ uri, _meta: MODERN_META }, headers)).json.error).toMatchObject({ code: -32602, data: { uri } })
})

test('a stopping server ends what listens with a result, and does not wait for its grace', async () => {
  const parts = await startHttp({ mcp: createConformanceMcp(), graceMs: 60_000 })
  const params = { _meta: MODERN_META, notifications: { toolsListChanged: true } }
  const headers = {
    accept: 'text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'subscriptions/listen'
  }
  const stream = parts.send({ headers, body: { jsonrpc: '2.0', id: 3, method: 'subscriptions/listen', params } })
  await parts.send({ headers: { accept: 'application/json' }, body: { jsonrpc: '2.0', id: 4, method: 'ping' } })
  await parts.server.stop()
  const { text } = await stream
  expect(text).toContain('notifications/subscriptions/acknowledged')
  expect(text).toContain('"resultType":"complete"')
})

test('an argument that a header repeats must be the same in both', async () => {
  await using parts = await startHttp({ mcp: createConformanceMcp() })
  const call = (header: string | undefined, region: string) =>
    parts.send({
      headers: {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'test_parameter_header',
        ...(header !== undefined && { 'mcp-param-region': header })
      },
      body: {
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'test_parameter_header', arguments: { region }, _meta: MODERN_META }
      }
    })
  expect((await call('eu', 'eu')).status).toBe(200)
  expect((await call('=?base64?w7w=?=', 'ü')).status).toBe(200)
  for (const header of ['us', undefined, '=?base64?ZXU?=', 'EU']) {
    const refused = await call(header, 'eu')
    expect([refused.status, refused.json.error.code]).toEqual([400, -32020])
  }
})
