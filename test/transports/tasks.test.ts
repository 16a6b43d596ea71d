/** Tasks on the wire: who gets a handle, what is told of it, and what is refused. */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Evidence } from '../../src/core/principal.ts'
import type { Request } from '../../src/transports/json-rpc.ts'
import type { Exchange } from '../../src/transports/mcp-server.ts'
import { createConformanceMcp } from '../conformance/fixture-server.ts'
import { MODERN_META } from './counterpart.ts'
import { startHttp } from './http-client.ts'

const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities'
const TASKS = 'io.modelcontextprotocol/tasks'
const able = { ...MODERN_META, [CAPABILITIES]: { elicitation: {}, extensions: { [TASKS]: {} } } }
const required = { requiredCapabilities: { extensions: { [TASKS]: {} } } }
const alice: Evidence = { kind: 'process' }
const mallory: Evidence = { kind: 'bearer', accepted: true }
const accept = (content: object) => ({ action: 'accept', content })

function setUp() {
  const mcp = createConformanceMcp()
  const send = async (
    method: string,
    params: Record<string, unknown>,
    exchange: Partial<Exchange> = {},
    _meta: object = able
  ) => {
    const request: Request = { kind: 'request', id: 7, method, params: { ...params, _meta } }
    const { text, httpStatus } = await mcp.answer(request, { evidence: alice, ...exchange })
    return { httpStatus, ...JSON.parse(text) }
  }
  const call = async (name: string, args: object = {}, meta: object = able) =>
    await send('tools/call', { name, arguments: args }, {}, meta)
  const get = async (taskId: string) => (await send('tasks/get', { taskId })).result
  const until = async (taskId: string, status: string) => {
    await expect.poll(async () => (await get(taskId)).status, { timeout: 10_000, interval: 20 }).toBe(status)
    return await get(taskId)
  }
  return { mcp, send, call, get, until }
}

describe('a long call', () => {
  test('is answered with a handle, and its result is what the call would have answered', async () => {
    const { call, until } = setUp()
    const { result } = await call('slow_compute', { seconds: 0.9, label: 'sums' })
    expect(result).toMatchObject({
      resultType: 'task',
      status: 'working',
      ttlMs: expect.any(Number),
      pollIntervalMs: 1000
    })
    const task = await until(result.taskId, 'completed')
    const direct = (await call('slow_compute', { seconds: 0.9, label: 'sums' }, MODERN_META)).result
    expect(task.result.content).toEqual(direct.content)
    expect({ ...task.result.structuredContent, request_id: '' }).toEqual({
      ...direct.structuredContent,
      request_id: ''
    })
    expect(task.result.isError).toBe(false)
  })

  test('through tools_dispatch is the same call', async () => {
    const { call, until } = setUp()
    const params = { seconds: 0.9, label: 'inner' }
    const { result } = await call('tools_dispatch', { category: 'conformance_tools', tool: 'slow_compute', params })
    expect(result.resultType).toBe('task')
    expect((await until(result.taskId, 'completed')).result.content[0].text).toContain('Computed inner')
    const unknown = await call('tools_dispatch', { tool: 'nothing_like_it' })
    expect(unknown.result.structuredContent.error).toBe('TOOL_NOT_FOUND')
  })

  test('that is done in a moment is answered like any other', async () => {
    const { call } = setUp()
    const { result } = await call('slow_compute', { seconds: 0, label: 'quick' })
    expect(result).toMatchObject({ resultType: 'complete', content: [{ text: 'Computed quick in 0 s' }] })
  })

  test('with arguments that do not fit is refused at once, with every issue', async () => {
    const { call } = setUp()
    const { result } = await call('slow_compute', { seconds: 'many', colour: 1 })
    expect(result).toMatchObject({
      resultType: 'complete',
      isError: true,
      structuredContent: { error: 'INVALID_INPUT' }
    })
    expect(result.structuredContent.issues.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      '/colour',
      '/seconds'
    ])
  })

  test('is waited for by a client that does not know tasks, of either era, and refused by a tool that needs one', async () => {
    const { call, mcp } = setUp()
    expect((await call('slow_compute', { seconds: 0.7, label: 'x' }, MODERN_META)).result.resultType).toBe('complete')
    const { error, httpStatus } = await call('failing_job', {}, MODERN_META)
    expect([error.code, error.data, httpStatus]).toEqual([-32021, required, 400])
    // The extension is of the stateless era, whatever a message of the other claims.
    const _meta = { [CAPABILITIES]: able[CAPABILITIES] }
    const params = { name: 'slow_compute', arguments: { seconds: 0.7, label: 'x' }, _meta }
    const { text } = await mcp.answer({ kind: 'request', id: 1, method: 'tools/call', params }, { evidence: alice })
    expect(JSON.parse(text).result).toMatchObject({ isError: false, content: [{ text: 'Computed x in 0.7 s' }] })
  })
})

describe('tasks/get, tasks/update and tasks/cancel', () => {
  const methods = ['tasks/get', 'tasks/update', 'tasks/cancel']

  test.each(methods)('%s answers an unknown task, a foreign one and no task id alike', async method => {
    const { send, call } = setUp()
    const { taskId } = (await call('slow_compute', { seconds: 60, label: 'mine' })).result
    const ask = async (id: unknown, evidence: Evidence) => {
      const { error } = await send(method, { taskId: id, inputResponses: {} }, { evidence })
      return [error.code, error.message.replace(id, 'ID')]
    }
    const told = [-32602, 'There is no task "ID"; it may have expired']
    expect([await ask('nothing', alice), await ask(taskId, mallory)]).toEqual([told, told])
    for (const id of [undefined, 7, null, '', 'x'.repeat(65), '../x', `${taskId}~2`])
      expect((await ask(id, alice))[0]).toBe(-32602)
    await send('tasks/cancel', { taskId })
  })

  test.each(methods)('%s is refused without the extension, and unknown in the era of initialize', async method => {
    const { send } = setUp()
    const params = { taskId: 'x', inputResponses: {} }
    const { error, httpStatus } = await send(method, params, {}, MODERN_META)
    expect([error.code, error.data, httpStatus]).toEqual([-32021, required, 400])
    expect((await send(method, params, {}, {})).error.code).toBe(-32601)
  })

  test('a cancelled task stops; one that has ended stays as it is', async () => {
    const { send, call, until, get } = setUp()
    const { taskId } = (await call('slow_compute', { seconds: 60, label: 'x' })).result
    const acknowledged = await send('tasks/cancel', { taskId })
    expect(Object.keys(acknowledged.result).toSorted()).toEqual(['_meta', 'resultType'])
    const cancelled = await until(taskId, 'cancelled')
    expect(cancelled).not.toHaveProperty('result')
    expect((await send('tasks/cancel', { taskId })).result.resultType).toBe('complete')
    expect(await get(taskId)).toEqual(cancelled)
  })

  test('a tool that fails has completed with its error; a fault of the server is an error of the protocol', async () => {
    const { call, until } = setUp()
    const [failing, panicking] = [(await call('failing_job')).result, (await call('protocol_error_job')).result]
    const { result } = await until(failing.taskId, 'completed')
    expect(result).toMatchObject({ isError: true, structuredContent: { error: 'BAD_DATA', retryable: false } })
    const { error } = await until(panicking.taskId, 'failed')
    expect(error).toMatchObject({ code: -32603, data: { error: 'INTERNAL' } })
    expect(JSON.stringify(error)).not.toContain('panics')
  })
})

describe('a task that asks', () => {
  test('refuses an answer of another shape than the protocol has, and takes none of those beside it', async () => {
    const { send, call, until, get } = setUp()
    const { taskId } = (await call('multi_input')).result
    const asked = await until(taskId, 'input_required')
    expect(Object.keys(asked.inputRequests)).toEqual(['first', 'second'])
    for (const second of [12345, null, { action: 'maybe' }, { roots: [] }]) {
      const inputResponses = { first: accept({ confirm: true }), second }
      expect((await send('tasks/update', { taskId, inputResponses })).error.code).toBe(-32602)
    }
    for (const inputResponses of [undefined, null, [], 'first']) {
      expect((await send('tasks/update', { taskId, inputResponses })).error.code).toBe(-32602)
    }
    expect(await get(taskId)).toEqual(asked)
  })

  test('goes on with the answers, and an answer cannot be changed', async () => {
    const { send, call, until, get } = setUp()
    const { taskId } = (await call('multi_input')).result
    await until(taskId, 'input_required')
    await send('tasks/update', { taskId, inputResponses: { first: accept({ confirm: true }) } })
    expect(Object.keys((await get(taskId)).inputRequests)).toEqual(['second'])
    const late = { first: accept({ confirm: false }), second: { action: 'decline' } }
    await send('tasks/update', { taskId, inputResponses: late })
    const { result } = await until(taskId, 'completed')
    const answers = { first: accept({ confirm: true }), second: { action: 'decline' } }
    expect(result.content[0].text).toBe(`Answered: ${JSON.stringify(answers)}`)
  })

  test('before it begins asks in rounds, with a sealed state that opens for this call only', async () => {
    const { send, call, until } = setUp()
    const first = (await call('test_tool_with_task')).result
    expect(first).toMatchObject({ resultType: 'input_required', inputRequests: { user_name: {} } })
    const inputResponses = { user_name: accept({ name: 'Alice' }) }
    const again = { name: 'test_tool_with_task', arguments: {}, inputResponses, requestState: first.requestState }
    expect(
      (await send('tools/call', { ...again, name: 'confirm_delete', arguments: { filename: 'x' } })).error.code
    ).toBe(-32602)
    const fresh = (await call('test_tool_with_task')).result.requestState
    const begun = (await send('tools/call', { ...again, requestState: fresh })).result
    expect(begun.resultType).toBe('task')
    expect((await send('tools/call', { ...again, requestState: fresh })).error.code).toBe(-32602)
    expect((await until(begun.taskId, 'completed')).result.content[0].text).toContain('Alice')
  })
})

describe('news of tasks', () => {
  function listen(
    send: ReturnType<typeof setUp>['send'],
    notifications: object,
    more: Partial<Exchange> = {},
    meta = able
  ) {
    const leaving = new AbortController()
    const told: { method: string; params: Record<string, unknown> }[] = []
    const notify = (text: string) => void told.push(JSON.parse(text))
    const ended = send('subscriptions/listen', { notifications }, { notify, signal: leaving.signal, ...more }, meta)
    return { told, ended, leave: () => leaving.abort() }
  }

  test('say how a task stands, each time it has changed, as tasks/get would', async () => {
    const { send, call, get } = setUp()
    const { taskId } = (await call('confirm_delete', { filename: 'a.txt' })).result
    const { told, ended, leave } = listen(send, { taskIds: [taskId, 'nothing'] })
    const statuses = () => told.slice(1).map(({ params }) => params.status)
    await expect.poll(() => statuses().at(-1)).toBe('input_required')
    expect(told[0]).toMatchObject({ params: { notifications: { taskIds: [taskId] } } })
    await send('tasks/update', { taskId, inputResponses: { sure: accept({ confirm: true }) } })
    await expect.poll(() => statuses().at(-1)).toBe('completed')
    expect(told.slice(1).every(({ method }) => method === 'notifications/tasks')).toBe(true)
    const texts = told.map(message => JSON.stringify(message))
    expect(texts.filter((text, index) => text === texts[index - 1])).toEqual([])
    const { resultType: _type, _meta, ...task } = await get(taskId)
    expect(told.at(-1)?.params).toEqual({ ...task, _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } })
    leave()
    expect((await ended).result.resultType).toBe('complete')
    const count = told.length
    await call('slow_compute', { seconds: 0, label: 'later' })
    expect(told).toHaveLength(count)
  })

  test('come to nobody else, and need the extension', async () => {
    const { send, call } = setUp()
    const { taskId } = (await call('slow_compute', { seconds: 60, label: 'mine' })).result
    const foreign = listen(send, { taskIds: [taskId] }, { evidence: mallory })
    expect((await foreign.ended).result.resultType).toBe('complete')
    expect(foreign.told).toMatchObject([{ params: { notifications: {} } }])
    const undeclared = listen(send, { taskIds: [taskId] }, {}, MODERN_META as typeof able)
    expect((await undeclared.ended).error).toMatchObject({ code: -32021, data: required })
    for (const taskIds of ['all', [7], Array(101).fill(taskId)]) {
      expect((await listen(send, { taskIds }).ended).error.code).toBe(-32602)
    }
    await send('tasks/cancel', { taskId })
  })
})

describe("the SDK's client", () => {
  test('learns of the extension, and looks, answers and cancels over HTTP', async () => {
    await using parts = await startHttp({ mcp: createConformanceMcp() })
    const client = new Client(
      { name: 'alice', version: '1.0.0' },
      {
        versionNegotiation: { mode: { pin: '2026-07-28' } },
        capabilities: { elicitation: {}, extensions: { [TASKS]: {} } }
      }
    )
    await client.connect(new StreamableHTTPClientTransport(new URL(parts.url)))
    expect(client.getServerCapabilities()?.extensions).toEqual({ [TASKS]: {} })
    const ask = async (method: string, params: Record<string, unknown>, name = params.taskId) => {
      const _meta = able
      const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, 'mcp-name': String(name) }
      const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }
      return await parts.send({ headers, body })
    }
    // The client of the SDK takes no result but complete ones, so the call is begun by hand.
    const begin = async (name: string, args: object) =>
      (await ask('tools/call', { name, arguments: args }, name)).json.result.taskId
    const state = z.looseObject({ status: z.string() })
    const get = async (taskId: string) => await client.request({ method: 'tasks/get', params: { taskId } }, state)

    const asked = await begin('confirm_delete', { filename: 'a.txt' })
    await expect.poll(async () => (await get(asked)).status).toBe('input_required')
    const inputResponses = { sure: accept({ confirm: true }) }
    await client.request({ method: 'tasks/update', params: { taskId: asked, inputResponses } }, z.looseObject({}))
    await expect.poll(async () => (await get(asked)).status).toBe('completed')
    expect(await get(asked)).toMatchObject({ result: { content: [{ text: 'Deleted a.txt' }] } })

    const slow = await begin('slow_compute', { seconds: 60, label: 'x' })
    await client.request({ method: 'tasks/cancel', params: { taskId: slow } }, z.looseObject({}))
    await expect.poll(async () => (await get(slow)).status).toBe('cancelled')
    await expect(get('nothing')).rejects.toMatchObject({ code: -32602 })
    const { status, json } = await ask('tasks/get', { taskId: slow }, 'another')
    expect([status, json.error.code]).toEqual([400, -32020])
    await client.close()
  })
})
