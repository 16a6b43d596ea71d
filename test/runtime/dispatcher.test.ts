import { describe, expect, test } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { createLog } from '../../src/core/log.ts'
import type { CallRequest, Services } from '../../src/core/tool.ts'
import { createFixtureNode } from '../helpers/fixture-node.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { metricsText } from '../helpers/metrics.ts'

const byProcess = { kind: 'process' } as const
const call = (tool: string, args: unknown = {}, more: Partial<CallRequest> = {}): CallRequest => ({
  tool,
  args,
  evidence: byProcess,
  ...more
})
const turns = async (count = 5) => {
  for (let index = 0; index < count; index++) await new Promise(resolve => setImmediate(resolve))
}

describe('the envelope', () => {
  test('a success carries success, status and the id of the call beside the tool’s own members', async () => {
    const { dispatcher } = createFixtureNode()
    const { envelope, failure } = await dispatcher.invoke(call('echo', { text: 'ab', times: 2 }))
    expect(envelope).toEqual({ success: true, status: 'success', request_id: expect.any(String), text: 'abab' })
    expect(failure).toBeUndefined()
  })

  test('peer-to-peer tools say ok beside success, whichever way it went', async () => {
    const { dispatcher } = createFixtureNode()
    const caller = AbortSignal.abort()
    const ended = await dispatcher.invoke(call('wait_p2p', {}, { signal: caller }))
    expect(ended.envelope).toMatchObject({ ok: false, success: false, error: 'CANCELLED' })
    expect((await dispatcher.invoke(call('no_such_tool'))).envelope).not.toHaveProperty('ok')
    expect((await dispatcher.invoke(call('echo', { text: 'a' }))).envelope).not.toHaveProperty('ok')
  })

  test('a member of the tool’s own wins over the envelope’s status', async () => {
    const { dispatcher } = createFixtureNode()
    const { envelope } = await dispatcher.invoke(call('own_status'))
    expect(envelope).toMatchObject({ success: true, status: 'the status of a task' })
  })

  test('a failure carries code, message, retryable and the id', async () => {
    const { dispatcher } = createFixtureNode()
    const { envelope, failure } = await dispatcher.invoke(call('fail', { how: 'known' }))
    expect(envelope).toEqual({
      success: false,
      status: 'error',
      error: 'NOT_FOUND',
      message: 'There is nothing like that',
      retryable: false,
      request_id: expect.any(String)
    })
    expect(failure?.code).toBe('NOT_FOUND')
  })

  test.each(['unknown', 'output'])(
    'a fault of the server (%s) tells the caller nothing and the log everything',
    async how => {
      const lines: string[] = []
      const { dispatcher } = createFixtureNode({ log: createLog('error', line => lines.push(line)) })
      const { envelope } = await dispatcher.invoke(call('fail', { how }))
      expect(envelope).toMatchObject({ success: false, error: 'INTERNAL' })
      expect(JSON.stringify(envelope)).not.toContain('secret')
      expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ call_id: envelope.request_id, tool: 'fail' })
      if (how === 'unknown') expect(lines[0]).toContain('secret detail')
    }
  )
})

describe('finding the tool', () => {
  test('tools_dispatch and a direct call give the same result but for the id', async () => {
    const { dispatcher } = createFixtureNode()
    const direct = await dispatcher.invoke(call('echo', { text: 'x' }))
    const ways = [
      call('tools_dispatch', { category: 'test_tools', tool: 'echo', params: { text: 'x' } }),
      call('tools_dispatch', { tool: 'test_tools.echo', params: { text: 'x' } }),
      call('test_tools.echo', { text: 'x' }),
      call('echo', { text: 'x' }, { category: 'test_tools' }),
      call('say_again', { words: 'x' })
    ]
    for (const way of ways) {
      const { envelope } = await dispatcher.invoke(way)
      expect(envelope.request_id).not.toBe(direct.envelope.request_id)
      expect({ ...envelope, request_id: '' }).toEqual({ ...direct.envelope, request_id: '' })
    }
  })

  test('a failure is the same through tools_dispatch', async () => {
    const { dispatcher } = createFixtureNode()
    const direct = await dispatcher.invoke(call('echo', { txt: 1 }))
    const dispatched = await dispatcher.invoke(
      call('tools_dispatch', { category: 'test_tools', tool: 'echo', params: { txt: 1 } })
    )
    expect({ ...dispatched.envelope, request_id: '' }).toEqual({ ...direct.envelope, request_id: '' })
  })

  test.each([
    ['an unknown tool', call('ecko'), { nearest: 'echo' }],
    ['an unknown category', call('tools_dispatch', { category: 'test_tool', tool: 'echo' }), { nearest: 'test_tools' }],
    [
      'a tool of another category',
      call('tools_dispatch', { category: 'meta', tool: 'echo' }),
      { available_tools: expect.any(Array) }
    ]
  ])('%s is TOOL_NOT_FOUND with what is near', async (_name, request, details) => {
    const { dispatcher } = createFixtureNode()
    const { envelope } = await dispatcher.invoke(request)
    expect(envelope).toMatchObject({ error: 'TOOL_NOT_FOUND', details })
  })

  test.each([
    ['itself', { tool: 'tools_dispatch', params: {} }],
    ['no tool', { category: 'meta' }],
    ['an unknown parameter', { tool: 'echo', parameters: {} }]
  ])('dispatching %s is INVALID_INPUT', async (_name, args) => {
    const { dispatcher } = createFixtureNode()
    expect((await dispatcher.invoke(call('tools_dispatch', args))).envelope).toMatchObject({ error: 'INVALID_INPUT' })
  })

  test('a tool without its service is unavailable with the reason, also in the list', async () => {
    const { dispatcher } = createFixtureNode()
    expect((await dispatcher.invoke(call('needy'))).envelope).toMatchObject({
      error: 'SERVICE_UNAVAILABLE',
      message: 'Not part of this test; configure it'
    })
    const { envelope } = await dispatcher.invoke(call('tools_list_tools', { category: 'test_tools' }))
    expect(envelope.tools).toContainEqual(expect.objectContaining({ name: 'needy', unavailable: expect.any(String) }))
  })

  test('a service that did not start is started at the next call that needs it', async () => {
    let starts = 0
    const create = () => {
      if (++starts === 1) throw new AppError('STORAGE_FAILED', 'The disk failed')
      // The tool that needs it asks nothing of it.
      return {} as Services['blocks']
    }
    const { dispatcher } = createFixtureNode({ servicePlans: () => ({ blocks: { needs: [], create } }) })
    expect((await dispatcher.invoke(call('needy'))).failure?.code).toBe('STORAGE_FAILED')
    expect((await dispatcher.invoke(call('needy'))).failure).toBeUndefined()
    expect(starts).toBe(2)
  })
})

describe('validation', () => {
  test('all issues are reported at once, each with its path', async () => {
    const { dispatcher } = createFixtureNode()
    const { envelope } = await dispatcher.invoke(call('echo', { txt: 'a', times: 9, where: { sid: 1 } }))
    expect(envelope).toMatchObject({ error: 'INVALID_INPUT' })
    expect(envelope.issues).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: '/text', message: 'Missing, and required' }),
        expect.objectContaining({ path: '/times' }),
        expect.objectContaining({ path: '/where/side' }),
        expect.objectContaining({ path: '/txt', suggestion: 'text' }),
        expect.objectContaining({ path: '/where/sid', suggestion: 'side' })
      ])
    )
  })

  test.each([null, 'text', 5, [], true])('arguments that are no object (%j) are INVALID_INPUT', async args => {
    const { dispatcher } = createFixtureNode()
    const { envelope } = await dispatcher.invoke(call('echo', args))
    expect(envelope).toMatchObject({ error: 'INVALID_INPUT' })
  })

  test('an alias has its own defaults and its own result, inside the same envelope', async () => {
    const { dispatcher } = createFixtureNode()
    const { envelope } = await dispatcher.invoke(call('shout', { text: 'hey' }))
    expect(envelope).toEqual({ success: true, status: 'success', request_id: expect.any(String), shouted: 'HEYHEY' })
    expect((await dispatcher.invoke(call('shout', { text: 'hey', times: 1 }))).envelope).toMatchObject({
      shouted: 'HEY'
    })
  })

  test('a parameter named __proto__ changes no prototype', async () => {
    const { dispatcher } = createFixtureNode()
    await dispatcher.invoke(call('echo', JSON.parse('{"text":"a","__proto__":{"polluted":true}}')))
    await dispatcher.invoke(call('say_again', JSON.parse('{"words":"a","__proto__":{"polluted":true}}')))
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

test('a caller who proves nothing learns nothing, not even which tools exist', async () => {
  const { dispatcher } = createFixtureNode()
  for (const tool of ['echo', 'no_such_tool']) {
    const { envelope } = await dispatcher.invoke(call(tool, {}, { evidence: { kind: 'bearer', accepted: false } }))
    expect(envelope).toMatchObject({ error: 'UNAUTHENTICATED' })
  }
})

describe('the signal of a running tool', () => {
  test('is aborted by the caller', async () => {
    const { dispatcher, started, ended } = createFixtureNode()
    const caller = new AbortController()
    const pending = dispatcher.invoke(call('wait_general', {}, { signal: caller.signal }))
    await turns()
    expect(started).toHaveLength(1)
    caller.abort()
    expect((await pending).envelope).toMatchObject({ error: 'CANCELLED' })
    expect(ended).toHaveLength(1)
  })

  test('is aborted by the deadline of the tool', async () => {
    const clock = createManualClock()
    const { dispatcher, ended } = createFixtureNode({ clock })
    const pending = dispatcher.invoke(call('wait_general'))
    await turns()
    clock.advance(61_000)
    expect((await pending).envelope).toMatchObject({ error: 'DEADLINE_EXCEEDED' })
    expect(ended).toHaveLength(1)
  })

  test('is aborted by a stopping server, which waits for it and takes nothing new', async () => {
    const { dispatcher, ended } = createFixtureNode()
    const pending = [dispatcher.invoke(call('wait_general')), dispatcher.invoke(call('wait_p2p'))]
    await turns()
    await dispatcher.stop()
    expect(dispatcher.open()).toBe(0)
    expect(ended).toHaveLength(2)
    for (const one of pending) expect((await one).envelope).toMatchObject({ error: 'CANCELLED' })
    expect((await dispatcher.invoke(call('echo', { text: 'x' }))).envelope).toMatchObject({ error: 'CANCELLED' })
  })
})

test('a result over the limit of its tool is not sent, and the answer says how large it was', async () => {
  const { dispatcher } = createFixtureNode()
  expect((await dispatcher.invoke(call('flood', { bytes: 900 }))).envelope).toMatchObject({ success: true })
  const { envelope } = await dispatcher.invoke(call('flood', { bytes: 5000 }))
  expect(envelope).toMatchObject({ error: 'TOO_LARGE', details: { limit_bytes: 1000, size_bytes: 5011 } })
})

describe('lanes', () => {
  test('a full general lane answers BUSY while p2p calls go through', async () => {
    const { dispatcher } = createFixtureNode()
    const waiting = [1, 2, 3].map(() => dispatcher.invoke(call('wait_general')))
    await turns()
    expect((await dispatcher.invoke(call('echo', { text: 'x' }))).envelope).toMatchObject({
      error: 'BUSY',
      retryable: true
    })
    const p2p = dispatcher.invoke(call('wait_p2p'))
    await turns()
    await dispatcher.stop()
    await Promise.all([...waiting, p2p])
  })
})

const DURATION = 'mcp_server_operation_duration_seconds'

test('every outcome is counted under the tool, and a made-up name is not made a label', async () => {
  const { dispatcher, metrics } = createFixtureNode()
  await dispatcher.invoke(call('echo', { text: 'x' }))
  await dispatcher.invoke(call('fail', { how: 'known' }))
  await dispatcher.invoke(call('made_up_name'))
  const text = await metricsText(metrics)
  expect(text).toContain(`${DURATION}_count{gen_ai_tool_name="echo",runtime="general"} 1`)
  expect(text).toContain(`${DURATION}_count{gen_ai_tool_name="fail",runtime="general",error_type="NOT_FOUND"} 1`)
  expect(text).toContain(`${DURATION}_count{gen_ai_tool_name="unknown",runtime="none",error_type="TOOL_NOT_FOUND"} 1`)
  expect(text).not.toContain('made_up_name')
})
