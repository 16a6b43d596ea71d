import { describe, expect, test } from 'vitest'
import { silentLog } from '../../src/core/log.ts'
import { createChangeFeed } from '../../src/transports/changes.ts'
import type { Request } from '../../src/transports/json-rpc.ts'
import type { Exchange } from '../../src/transports/mcp-server.ts'
import { createSession } from '../../src/transports/session.ts'
import { createConformanceMcp } from '../conformance/fixture-server.ts'
import { MODERN_META } from './counterpart.ts'

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
const able = { ...MODERN_META, [CAPABILITIES]: { elicitation: {}, sampling: {}, roots: {} } }
const accept = (content: object) => ({ action: 'accept', content })

function setUp() {
  const changes = createChangeFeed()
  const mcp = createConformanceMcp(silentLog, changes)
  const sent: string[] = []
  const send = async (
    method: string,
    params: Record<string, unknown>,
    exchange: Partial<Exchange> = { notify: text => sent.push(text) }
  ) => {
    const request: Request = { kind: 'request', id: 7, method, params }
    const { text, httpStatus } = await mcp.answer(request, { evidence: { kind: 'process' }, ...exchange })
    return { httpStatus, ...JSON.parse(text) }
  }
  const call = (tool: string, more: object = {}, meta: object = able) =>
    send('tools/call', { name: `test_input_required_result_${tool}`, _meta: meta, ...more })
  const told = () => sent.map(text => JSON.parse(text))
  return { changes, send, call, told }
}

describe('a call of several rounds', () => {
  test('asks one thing after another and ends with all answers', async () => {
    const { call } = setUp()
    const first = (await call('multi_round')).result
    expect(first).toMatchObject({ resultType: 'input_required', inputRequests: { step1: {} } })
    const second = (
      await call('multi_round', {
        requestState: first.requestState,
        inputResponses: { step1: accept({ name: 'Alice' }) }
      })
    ).result
    expect(Object.keys(second.inputRequests)).toEqual(['step2'])
    const third = (
      await call('multi_round', {
        requestState: second.requestState,
        inputResponses: { step2: accept({ color: 'blue' }) }
      })
    ).result
    expect(third).toMatchObject({ resultType: 'complete', content: [{ text: 'Alice likes blue' }] })
  })

  test('an earlier answer cannot be changed in a later round', async () => {
    const { call } = setUp()
    const first = (await call('multi_round')).result
    const inputResponses = { step1: accept({ name: 'Alice' }) }
    const second = (await call('multi_round', { requestState: first.requestState, inputResponses })).result
    const forged = { step1: accept({ name: 'Mallory' }), step2: accept({ color: 'red' }) }
    const third = (await call('multi_round', { requestState: second.requestState, inputResponses: forged })).result
    expect(third.content[0].text).toBe('Alice likes red')
  })

  test('a state is refused the second time, and for another tool', async () => {
    const { call } = setUp()
    const { requestState } = (await call('request_state')).result
    const inputResponses = { confirm: accept({ ok: true }) }
    expect((await call('tampered_state', { requestState, inputResponses })).error.code).toBe(-32602)
    const fresh = (await call('request_state')).result.requestState
    expect((await call('request_state', { requestState: fresh, inputResponses })).result.resultType).toBe('complete')
    expect((await call('request_state', { requestState: fresh, inputResponses })).error.code).toBe(-32602)
  })

  test.each([
    ['a number', 12345],
    ['an unknown action', { action: 'maybe' }],
    ['a result of another question', { roots: [] }]
  ])('an answer that is %s is refused', async (_what, answer) => {
    const { call } = setUp()
    const { error, httpStatus } = await call('elicitation', { inputResponses: { user_name: answer } })
    expect([error.code, httpStatus]).toEqual([-32602, 400])
  })

  test.each([null, 'text', []])('inputResponses may not be %j', async inputResponses => {
    const { call } = setUp()
    expect((await call('elicitation', { inputResponses })).error.code).toBe(-32602)
  })

  test('a client is not asked for what it did not declare', async () => {
    const { call } = setUp()
    const { error, httpStatus } = await call('sampling', {}, MODERN_META)
    expect([error.code, httpStatus]).toEqual([-32021, 400])
    expect(error.data.requiredCapabilities).toEqual({ sampling: {} })
  })

  test('lists never ask', async () => {
    const { send } = setUp()
    for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
      const { result } = await send(method, { _meta: able, requestState: 'forged', inputResponses: {} })
      expect(result.resultType).toBe('complete')
    }
  })
})

describe('words to the client', () => {
  test.each([
    [undefined, 0],
    ['error', 0],
    ['info', 3],
    ['debug', 3],
    ['nonsense', 0]
  ])('with the level %s in the request, %i of three arrive', async (level, count) => {
    const { send, told } = setUp()
    const _meta = { ...MODERN_META, ...(level && { 'io.modelcontextprotocol/logLevel': level }) }
    await send('tools/call', { name: 'test_tool_with_logging', _meta })
    expect(told().filter(({ method }) => method === 'notifications/message')).toHaveLength(count)
  })
})

describe('a session', () => {
  async function open(capabilities: object) {
    const parts = setUp()
    const pushed: string[] = []
    const session = createSession(text => pushed.push(text))
    const asked: { id: string; method: string }[] = []
    const notify = (text: string) => {
      const message = JSON.parse(text)
      if (message.id !== undefined) asked.push(message)
    }
    const send = (method: string, params: Record<string, unknown> = {}, more: Partial<Exchange> = {}) =>
      parts.send(method, params, { session, notify, ...more })
    const clientInfo = { name: 'alice', version: '1' }
    await send('initialize', { protocolVersion: '2025-11-25', capabilities, clientInfo })
    const until = async (count: number) => {
      while (asked.length < count) await new Promise(resolve => setImmediate(resolve))
    }
    return { ...parts, send, session, pushed, asked, until }
  }
  const elicit = { name: 'test_elicitation', arguments: { message: 'Who?' } }

  test('lets a running call ask, and the answer reaches it', async () => {
    const { send, session, asked, until } = await open({ elicitation: {} })
    const answer = send('tools/call', elicit)
    await until(1)
    session.settle(asked[0]?.id, { action: 'decline' }, undefined)
    expect((await answer).result.content[0].text).toContain('action=decline')
  })

  test.each([
    ['an error', undefined, { code: -1, message: 'The user is away' }, 'INPUT_REQUIRED'],
    ['nonsense', { action: 7 }, undefined, 'INVALID_INPUT']
  ])('a client that answers with %s fails the call', async (_what, result, error, code) => {
    const { send, session, asked, until } = await open({ elicitation: {} })
    const answer = send('tools/call', elicit)
    await until(1)
    session.settle(asked[0]?.id, result, error)
    expect((await answer).result.structuredContent.error).toBe(code)
  })

  test('an answer to nothing is ignored, and closing gives up what was asked', async () => {
    const { send, session, until } = await open({ elicitation: {} })
    const answer = send('tools/call', elicit)
    await until(1)
    session.settle('ask-99', { action: 'accept' }, undefined)
    session.settle(7, {}, undefined)
    const { AppError } = await import('../../src/core/errors.ts')
    session.close(new AppError('CANCELLED', 'gone'))
    expect((await answer).result.structuredContent.error).toBe('CANCELLED')
  })

  test('a cancelled call takes its question back', async () => {
    const { send, until, asked, told } = await open({ elicitation: {} })
    const controller = new AbortController()
    const heard: string[] = []
    const notify = (text: string) => {
      heard.push(text)
      const message = JSON.parse(text)
      if (message.id) asked.push(message)
    }
    const answer = send('tools/call', elicit, { signal: controller.signal, notify })
    await until(1)
    controller.abort()
    expect((await answer).result.isError).toBe(true)
    expect(heard.map(text => JSON.parse(text).method)).toEqual(['elicitation/create', 'notifications/cancelled'])
    expect(told()).toEqual([])
  })

  test('a client without the capability is told so in the result', async () => {
    const { send, asked } = await open({})
    expect((await send('tools/call', elicit)).result.structuredContent).toMatchObject({ error: 'INPUT_REQUIRED' })
    expect(asked).toEqual([])
  })

  test('hears of lists, and of the resources that it watches', async () => {
    const { send, changes, pushed, session } = await open({})
    await send('resources/subscribe', { uri: 'test://a' })
    changes.emit({ kind: 'tools' })
    changes.emit({ kind: 'resource', uri: 'test://a' })
    changes.emit({ kind: 'resource', uri: 'test://b' })
    await send('resources/unsubscribe', { uri: 'test://a' })
    changes.emit({ kind: 'resource', uri: 'test://a' })
    expect(pushed.map(text => JSON.parse(text))).toMatchObject([
      { method: 'notifications/tools/list_changed' },
      { method: 'notifications/resources/updated', params: { uri: 'test://a' } }
    ])
    const { AppError } = await import('../../src/core/errors.ts')
    session.close(new AppError('CANCELLED', 'gone'))
    changes.emit({ kind: 'tools' })
    expect(pushed).toHaveLength(2)
  })

  test('watches a bounded number of resources', async () => {
    const { send } = await open({})
    for (let at = 0; at < 1_000; at++) await send('resources/subscribe', { uri: `test://${at}` })
    expect((await send('resources/subscribe', { uri: 'test://more' })).error.code).toBe(-32602)
    expect((await send('resources/subscribe', { uri: 'test://5' })).result).toEqual({})
  })

  test('keeps the level that was set, refuses one that is none, and needs initialize', async () => {
    const { send } = await open({})
    expect((await send('logging/setLevel', { level: 'loud' })).error.code).toBe(-32602)
    expect((await send('logging/setLevel', { level: 'error' })).result).toEqual({})
    const heard: string[] = []
    await send('tools/call', { name: 'test_tool_with_logging' }, { notify: text => heard.push(text) })
    expect(heard).toEqual([])
    const { send: sendAlone } = setUp()
    expect((await sendAlone('logging/setLevel', { level: 'error' })).error.code).toBe(-32000)
  })
})

describe('subscriptions/listen', () => {
  test('acknowledges what it can deliver, delivers that alone, and ends with the request', async () => {
    const { send, changes, told } = setUp()
    const controller = new AbortController()
    const notifications = { promptsListChanged: true, resourceSubscriptions: ['test://a'], unknown: true }
    const heard: string[] = []
    const over = send(
      'subscriptions/listen',
      { _meta: MODERN_META, notifications },
      { signal: controller.signal, notify: text => heard.push(text) }
    )
    while (heard.length === 0) await new Promise(resolve => setImmediate(resolve))
    changes.emit({ kind: 'tools' })
    changes.emit({ kind: 'prompts' })
    changes.emit({ kind: 'resource', uri: 'test://a' })
    changes.emit({ kind: 'resource', uri: 'test://b' })
    controller.abort()
    const meta = { 'io.modelcontextprotocol/subscriptionId': 7 }
    expect((await over).result).toMatchObject({ resultType: 'complete', _meta: meta })
    changes.emit({ kind: 'prompts' })
    expect(heard.map(text => JSON.parse(text))).toMatchObject([
      {
        method: 'notifications/subscriptions/acknowledged',
        params: { _meta: meta, notifications: { promptsListChanged: true, resourceSubscriptions: ['test://a'] } }
      },
      { method: 'notifications/prompts/list_changed', params: { _meta: meta } },
      { method: 'notifications/resources/updated', params: { _meta: meta, uri: 'test://a' } }
    ])
    expect(told()).toEqual([])
  })

  test.each([undefined, [], { resourceSubscriptions: 'x' }, { resourceSubscriptions: [1] }])(
    'the filter %j is refused',
    async notifications => {
      const { send } = setUp()
      const exchange = { signal: new AbortController().signal, notify: () => {} }
      expect((await send('subscriptions/listen', { _meta: MODERN_META, notifications }, exchange)).error.code).toBe(
        -32602
      )
    }
  )
})
