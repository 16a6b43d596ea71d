/** Peers that take requests in a session only, as nodes in Python do: they say so, close the stream, and are asked as they like. */
import { describe, expect, test } from 'vitest'
import { MCP_P2P_PROTOCOL } from '../../../src/protocol/wire/frame.ts'
import type { Peers } from '../../../src/services/peers/api.ts'
import { joined, startPeer } from './network.ts'

/** Answers `add` by the value itself under `content`, after `initialize` alone. Tells the methods that it saw. */
function serveSessions(peers: Peers): string[] {
  const seen: string[] = []
  peers.serve(stream => {
    let isOpen = false
    stream.onMessage(body => {
      const { id, method, params } = JSON.parse(Buffer.from(body).toString())
      const reply = (rest: object) => stream.send(JSON.stringify({ jsonrpc: '2.0', id, ...rest }))
      seen.push(method)
      if (method === 'initialize') {
        isOpen = true
        return reply({ result: { protocolVersion: params.protocolVersion, transport: MCP_P2P_PROTOCOL } })
      }
      if (!isOpen) {
        reply({ error: { code: -32000, message: 'init_required' } })
        return stream.close()
      }
      const { a, b, fail } = params.arguments
      const content = fail ? { ok: false, error: 'tool_error', detail: 'It broke' } : { ok: true, sum: a + b }
      return reply({ result: { content } })
    })
  })
  return seen
}

describe('a peer that takes requests in a session only', () => {
  test('is asked again in one, and from then on at once', async () => {
    await using a = await startPeer()
    await using b = await startPeer()
    await joined(b.peers, a.peers)
    const seen = serveSessions(b.peers)
    const add = (x: number) => a.peers.callTool({ peerId: b.peerId }, 'add', { a: x, b: 1 })
    expect(await add(1)).toEqual({ ok: true, sum: 2 })
    expect(await add(2)).toEqual({ ok: true, sum: 3 })
    expect(seen).toEqual(['tools/call', 'initialize', 'tools/call', 'tools/call'])
    await a.peers.disconnect(b.peerId)
    expect(await add(3)).toEqual({ ok: true, sum: 4 })
    expect(seen.slice(4)).toEqual(['initialize', 'tools/call'])
  })

  test('says that a call failed in its own way, and that is a failure here', async () => {
    await using a = await startPeer()
    await using b = await startPeer()
    await joined(b.peers, a.peers)
    serveSessions(b.peers)
    const call = a.peers.callTool({ peerId: b.peerId }, 'add', { fail: true })
    await expect(call).rejects.toMatchObject({ message: 'It broke' })
  })

  test('a request that takes longer than its limit is cancelled there and ends with its code', async () => {
    await using a = await startPeer({ requestTimeoutMs: 100 })
    await using b = await startPeer()
    await joined(b.peers, a.peers)
    const heard = Promise.withResolvers<unknown>()
    b.peers.serve(stream =>
      stream.onMessage(body => {
        const message = JSON.parse(Buffer.from(body).toString())
        if (message.method === 'notifications/cancelled') heard.resolve(message.params.requestId)
      })
    )
    await expect(a.peers.request({ peerId: b.peerId }, 'wait', {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(await heard.promise).toBe(1)
  })
})
