/** What a stream of `/mcp+p2p/1.0.0` understands, over real sockets. */
import { describe, expect, test } from 'vitest'
import { startPeerNode } from '../../helpers/peer-node.ts'
import { INITIALIZE, startWirePeer } from '../../helpers/wire-peer.ts'

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '0' },
  'io.modelcontextprotocol/clientCapabilities': {}
}

async function open(settings: Record<string, string> = {}) {
  const peer = await startWirePeer()
  const node = await startPeerNode({ allow: peer.peerId, ...settings })
  const stream = await peer.open(node.address)
  return {
    node,
    peer,
    stream,
    call: (id: number | string, name: string, args = {}, meta = {}) =>
      stream.ask({
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name, arguments: args, _meta: { ...META, ...meta } }
      }),
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]()
      await node[Symbol.asyncDispose]()
    }
  }
}

describe('MCP with a session', () => {
  test('initialize says who answers and which limits hold, as nodes in Python read them', async () => {
    await using opened = await open({ max_requests_per_peer: '7', replay_window_s: '60' })
    expect(await opened.stream.ask(INITIALIZE)).toMatchObject({
      id: 1,
      result: {
        ok: true,
        protocolVersion: '2024-11-05',
        transport: '/mcp+p2p/1.0.0',
        server: { peer_id: opened.node.peerId },
        limits: {
          max_frame_bytes: 16 * 1024 * 1024,
          max_requests_per_peer: 7,
          max_streams_per_peer: 32,
          max_bytes_per_peer: 64 * 1024 * 1024,
          bytes_per_second: 256 * 1024 * 1024,
          request_timeout_ms: 120_000,
          idle_ms: 300_000,
          replay_window_ms: 60_000,
          rate_capacity: 20_000,
          rate_refill_per_sec: 20_000
        }
      }
    })
    // The reference client counts from one again after its greeting.
    const listed = await opened.stream.ask({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} })
    expect(listed).toMatchObject({ id: 1, result: { tools: expect.any(Array) } })
  })

  test('without initialize nothing is answered but that it is wanted', async () => {
    await using opened = await open()
    expect(await opened.stream.ask({ jsonrpc: '2.0', id: 5, method: 'tools/list' })).toMatchObject({
      error: { code: -32000, message: 'init_required' }
    })
    opened.stream.send({ jsonrpc: '2.0', method: 'notifications/whatever' })
    expect(await opened.stream.ask(INITIALIZE)).toMatchObject({ result: { ok: true } })
  })
})

describe('MCP without a session', () => {
  test('discovery publishes the limits, and so does p2p_status', async () => {
    await using opened = await open()
    const discovered = await opened.stream.ask({
      jsonrpc: '2.0',
      id: 'd',
      method: 'server/discover',
      params: { _meta: META }
    })
    const limits = Object(Object(discovered.result).limits)
    expect(limits).toMatchObject({ max_frame_bytes: 16 * 1024 * 1024, max_streams_per_peer: 32 })
    const { rate_capacity: _c, rate_refill_per_sec: _r, ...own } = limits
    expect(await opened.call(2, 'p2p_status')).toMatchObject({ result: { structuredContent: { limits: own } } })
  })

  test('requests in flight are answered by their ids, whichever is done first', async () => {
    await using opened = await open()
    await opened.call(0, 'worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    await opened.call(1, 'task_submit', { task_id: 'a', task_type: 'embedding', payload: {} })
    const order: unknown[] = []
    const waits = ['w1', 'w2'].map(async id => {
      const answer = await opened.call(id, 'task_wait', { task_id: 'a', wait_s: 60 })
      order.push(answer.id)
      return answer
    })
    const stats = await opened.call(3, 'queue_stats')
    order.push(stats.id)
    expect(stats).toMatchObject({ id: 3, result: { structuredContent: { queued_count: 1 } } })
    await opened.node.call('task_cancel', { task_id: 'a' })
    expect(await Promise.all(waits)).toMatchObject([
      { id: 'w1', result: { structuredContent: { status: 'cancelled' } } },
      { id: 'w2', result: { structuredContent: { status: 'cancelled' } } }
    ])
    expect(order).toEqual([3, expect.stringMatching(/^w/), expect.stringMatching(/^w/)])
  })

  test('a cancelled request is not answered, and its tool is stopped', async () => {
    await using opened = await open()
    await opened.call(0, 'worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    const claim = { name: 'task_claim', arguments: { worker_id: 'w', wait_s: 60 }, _meta: META }
    opened.stream.send({ jsonrpc: '2.0', id: 9, method: 'tools/call', params: claim })
    opened.stream.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 9 } })
    await opened.call(10, 'queue_stats')
    await opened.call(11, 'task_submit', { task_id: 'a', task_type: 'embedding', payload: {} })
    // The claim that waited would have taken it.
    expect(await opened.call(12, 'task_status', { task_id: 'a' })).toMatchObject({
      id: 12,
      result: { structuredContent: { status: 'queued' } }
    })
  })
})

describe('P2PMessage', () => {
  const request = (id: string, method: string, params = {}, timestamp = 1782680000.0) => ({
    type: 'request',
    method,
    params,
    id,
    sender: '12D3KooWPeerA',
    timestamp
  })

  test('each request names a tool; who asks is the peer of the handshake, not the sender', async () => {
    await using opened = await open()
    expect(await opened.stream.ask(request('1', 'p2p_status'))).toEqual({
      type: 'response',
      method: 'p2p_status',
      id: '1',
      result: expect.objectContaining({ success: true, peer_id: opened.node.peerId }),
      error: null,
      sender: opened.node.peerId,
      timestamp: expect.any(Number)
    })
    await opened.stream.ask(request('2', 'worker_register', { worker_id: 'w', capabilities: [] }))
    expect(await opened.node.call('worker_status', { worker_id: 'w' })).toMatchObject({ success: true })
    expect(await opened.stream.ask(request('3', 'load_dataset', { source: 'x' }))).toMatchObject({ error: 'FORBIDDEN' })
    expect(await opened.stream.ask(request('4', 'nonsense'))).toMatchObject({ error: 'TOOL_NOT_FOUND', result: null })
  })

  test('the same envelope again is not carried out, on this stream or another; the id at another time is', async () => {
    await using opened = await open()
    expect(await opened.stream.ask(request('1', 'p2p_status'))).toMatchObject({ error: null })
    expect(await opened.stream.ask(request('1', 'p2p_status'))).toMatchObject({ error: 'replayed', result: null })
    const other = await opened.peer.open(opened.node.address)
    expect(await other.ask(request('1', 'p2p_status'))).toMatchObject({ error: 'replayed' })
    expect(await other.ask(request('1', 'p2p_status', {}, 1782680001))).toMatchObject({ error: null })
  })

  test('the window remembers so many and no more', async () => {
    await using opened = await open({ replay_entries: '2' })
    for (const id of ['1', '2', '3']) await opened.stream.ask(request(id, 'p2p_status'))
    expect(await opened.stream.ask(request('3', 'p2p_status'))).toMatchObject({ error: 'replayed' })
    expect(await opened.stream.ask(request('1', 'p2p_status'))).toMatchObject({ error: null })
  })

  test.each([
    [{ type: 'request', id: '1' }, 'invalid_message'],
    [{ type: 'request', id: '1', method: 'p2p_status', params: 'x' }, 'invalid_message']
  ])('%o is %s', async (message, error) => {
    await using opened = await open()
    expect(await opened.stream.ask(message)).toMatchObject({ type: 'response', id: '1', error })
  })
})

describe('what is no message', () => {
  test.each([
    ['no JSON', '{', -32003, 'invalid_json'],
    ['bad UTF-8', Uint8Array.of(0, 0, 0, 4, 0x22, 0xff, 0xfe, 0x22), -32003, 'invalid_json'],
    ['nothing', Uint8Array.of(0, 0, 0, 0), -32003, 'invalid_json'],
    ['no object', '[1]', -32003, 'invalid_message'],
    ['neither dialect', '{"a":1}', -32003, 'invalid_message'],
    ['a frame of 4 GB', Uint8Array.of(0xff, 0xff, 0xff, 0xff), -32003, 'frame_too_large']
  ])('%s is told and ends the stream', async (_what, sent, code, message) => {
    await using opened = await open()
    if (typeof sent === 'string') opened.stream.send(sent)
    else opened.stream.bytes(sent)
    expect(await opened.stream.next()).toMatchObject({ id: null, error: { code, message } })
    await opened.stream.ended
    const next = await opened.peer.open(opened.node.address)
    expect(await next.ask(INITIALIZE)).toMatchObject({ result: { ok: true } })
  })

  test('the golden error of a frame over the limit', async () => {
    await using opened = await open()
    opened.stream.bytes(Uint8Array.of(0x01, 0x00, 0x00, 0x01))
    expect(await opened.stream.next()).toEqual({
      jsonrpc: '2.0',
      id: null,
      error: {
        code: -32003,
        message: 'frame_too_large',
        data: { frameLen: 16_777_217, maxFrameBytes: 16_777_216 }
      }
    })
  })
})
