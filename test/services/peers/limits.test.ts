/** Each limit that a node publishes is kept, over real sockets. */
import { afterAll, describe, expect, test } from 'vitest'
import { encodeFrame } from '../../../src/protocol/wire/frame.ts'
import { startPeerNode } from '../../helpers/peer-node.ts'
import { INITIALIZE, type RawStream, startWirePeer } from '../../helpers/wire-peer.ts'
import { joined, startPeer } from './network.ts'

const peer = await startWirePeer()
afterAll(() => peer[Symbol.asyncDispose]())

const startNode = (settings: Record<string, string>) => startPeerNode({ allow: peer.peerId, ...settings })
const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '0' },
  'io.modelcontextprotocol/clientCapabilities': {}
}
const call = (id: number, name: string, args = {}) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args, _meta: META }
})
const claim = (id: number, worker_id: string) => call(id, 'task_claim', { worker_id, wait_s: 60 })

describe('of one peer', () => {
  test('a frame over max_frame_bytes ends its stream, one of that size does not', async () => {
    await using node = await startNode({ max_frame_bytes: '2048' })
    const stream = await peer.open(node.address)
    expect(await stream.ask({ ...INITIALIZE, params: { padding: 'x'.repeat(1900) } })).toMatchObject({
      result: { ok: true }
    })
    stream.bytes(encodeFrame('x'.repeat(2049)).subarray(0, 4))
    expect(await stream.next()).toMatchObject({
      error: { message: 'frame_too_large', data: { frameLen: 2049, maxFrameBytes: 2048 } }
    })
    await stream.ended
  })

  test('one request more than max_requests_per_peer is BUSY, over all its streams; the others are answered', async () => {
    await using node = await startNode({ max_requests_per_peer: '2' })
    const [one, two] = [await peer.open(node.address), await peer.open(node.address)]
    const first = one.ask(claim(1, 'a'))
    const second = two.ask(claim(2, 'b'))
    await expect
      .poll(async () => (await node.call('queue_stats', { include_worker_stats: true })).worker_count, {
        timeout: 20_000
      })
      .toBe(2)
    expect(await two.ask(call(3, 'queue_stats'))).toMatchObject({
      id: 3,
      error: { data: { error: 'BUSY', retryable: true } }
    })
    await node.call('worker_register', { worker_id: 'w', capabilities: ['x'] })
    await node.call('task_submit', { task_type: 'x', payload: {} })
    await node.call('task_submit', { task_type: 'x', payload: {} })
    expect(await Promise.all([first, second])).toMatchObject([
      { id: 1, result: {} },
      { id: 2, result: {} }
    ])
    expect(await two.ask(call(4, 'queue_stats'))).toMatchObject({ id: 4, result: { isError: false } })
  })

  test('one stream more than max_streams_per_peer is not taken, until one is closed', async () => {
    await using node = await startNode({ max_streams_per_peer: '2' })
    const streams = [await peer.open(node.address), await peer.open(node.address)]
    for (const stream of streams) await stream.ask(INITIALIZE)
    await expect(isTaken(node.address)).resolves.toBe(false)
    streams[0]?.send('[]')
    await streams[0]?.ended
    await expect.poll(() => isTaken(node.address), { timeout: 20_000 }).toBe(true)
  })

  test('more bytes under way than max_bytes_per_peer end the stream that brings them', async () => {
    await using node = await startNode({ max_bytes_per_peer: '100000' })
    const [one, two] = [await peer.open(node.address), await peer.open(node.address)]
    // Two messages of a megabyte that have only begun.
    for (const stream of [one, two]) stream.bytes(Uint8Array.of(0x00, 0x10, 0x00, 0x00))
    for (const stream of [one, two]) stream.bytes(Buffer.alloc(60_000, 0x20))
    await Promise.race([one.ended, two.ended])
    const third = await peer.open(node.address)
    expect(await third.ask(INITIALIZE)).toMatchObject({ result: { ok: true } })
  })

  test('messages over messages_per_second end the stream', async () => {
    await using node = await startNode({ messages_per_second: '5' })
    const stream = await peer.open(node.address)
    for (let id = 1; id <= 50; id++) stream.send({ ...INITIALIZE, id })
    await stream.ended
    expect(await lastOf(stream)).toMatchObject({ error: { code: -32010, message: 'rate_limited' } })
    // A new stream brings it nothing.
    const next = await peer.open(node.address)
    for (let id = 1; id <= 50; id++) next.send({ ...INITIALIZE, id })
    await next.ended
  })

  test('bytes over bytes_per_second end the stream', async () => {
    await using node = await startNode({ bytes_per_second: '65536', max_frame_bytes: '65536' })
    const stream = await peer.open(node.address)
    for (let id = 1; id <= 4; id++) stream.send({ ...INITIALIZE, id, params: { padding: 'x'.repeat(60_000) } })
    await stream.ended
    expect(await lastOf(stream)).toMatchObject({ error: { code: -32010, message: 'rate_limited' } })
  })

  test('a stream that is idle is closed, one with a request in flight is not', async () => {
    await using node = await startNode({ idle_s: '1' })
    const [idle, busy] = [await peer.open(node.address), await peer.open(node.address)]
    await idle.ask(INITIALIZE)
    const waiting = busy.ask(claim(1, 'a'))
    await idle.ended
    await new Promise(resolve => setTimeout(resolve, 1500))
    await node.call('worker_register', { worker_id: 'w', capabilities: ['x'] })
    await node.call('task_submit', { task_type: 'x', payload: {} })
    expect(await waiting).toMatchObject({ id: 1, result: { isError: false } })
  })

  test('a message that does not come whole within idle_s ends its stream, however its bytes trickle', async () => {
    await using node = await startNode({ idle_s: '1' })
    const stream = await peer.open(node.address)
    stream.bytes(Uint8Array.of(0, 0, 1, 0))
    const trickle = setInterval(() => stream.bytes(Uint8Array.of(0x20)), 100)
    try {
      await stream.ended
    } finally {
      clearInterval(trickle)
    }
  })

  async function isTaken(address: string): Promise<boolean> {
    try {
      const stream = await peer.open(address)
      return Object(await stream.ask(INITIALIZE)).result !== undefined
    } catch {
      return false
    }
  }

  async function lastOf(stream: RawStream): Promise<unknown> {
    for (let last: unknown; ; ) {
      try {
        last = await stream.next()
      } catch {
        return last
      }
    }
  }
})

describe('to one peer', () => {
  test('a request that is not answered in time is OUTCOME_UNKNOWN and cancelled there; the next one is answered', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer({ requestTimeoutMs: 200 })
    const heard: string[] = []
    alice.peers.serve(stream =>
      stream.onMessage(body => {
        const { id, method } = JSON.parse(Buffer.from(body).toString())
        heard.push(method)
        if (method === 'quick') stream.send(JSON.stringify({ jsonrpc: '2.0', id, result: 1 }))
      })
    )
    await joined(alice.peers, bob.peers)
    const target = { peerId: alice.peerId }
    await expect(bob.peers.request(target, 'slow', {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    await expect(bob.peers.request(target, 'slow', {}, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN'
    })
    expect(await bob.peers.request(target, 'quick', {})).toBe(1)
    expect(heard).toEqual(['slow', 'notifications/cancelled', 'slow', 'notifications/cancelled', 'quick'])
  })

  test('one more than may be in flight is BUSY before it is sent', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer({ maxRequestsPerPeer: 1 })
    alice.peers.serve(stream => stream.onMessage(() => {}))
    await joined(alice.peers, bob.peers)
    const leaving = new AbortController()
    const first = bob.peers.request({ peerId: alice.peerId }, 'x', {}, { signal: leaving.signal })
    const refused = expect(first).rejects.toThrow('enough')
    await expect.poll(() => alice.peers.metrics(bob.peerId).requestsServed).toBe(1)
    await expect(bob.peers.request({ peerId: alice.peerId }, 'x', {})).rejects.toMatchObject({ code: 'BUSY' })
    leaving.abort(new Error('enough'))
    await refused
  })
})
