/** Writes are gathered below the encryption: whatever the load, all of it arrives, whole and in order, and last words do too. */
import { describe, expect, test } from 'vitest'
import { joined, serveEcho, startPeer } from './network.ts'

describe('gathered writes', () => {
  test('more than the sockets and windows hold goes both ways at once and comes back whole', async () => {
    await using a = await startPeer({ maxRequestsPerPeer: 1000, requestTimeoutMs: 80_000 })
    await using b = await startPeer()
    await joined(b.peers, a.peers)
    serveEcho(b.peers)
    const texts = Array.from({ length: 60 }, (_, n) => `${n} `.repeat(30_000))
    const answers = await Promise.all(texts.map(text => a.peers.request({ peerId: b.peerId }, 'echo', { text })))
    expect(answers.map(answer => Object(answer).params.text)).toEqual(texts)
  })

  test('messages sent one after another in many turns arrive in their order', async () => {
    await using a = await startPeer()
    await using b = await startPeer()
    await joined(b.peers, a.peers)
    const COUNT = 500
    b.peers.serve(stream => {
      stream.onMessage(body => {
        const { id, params } = JSON.parse(Buffer.from(body).toString())
        const { progressToken } = params._meta
        for (let progress = 0; progress < COUNT; progress++) {
          const note = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress } }
          setTimeout(() => stream.send(JSON.stringify(note)), progress / 50)
        }
        setTimeout(() => stream.send(JSON.stringify({ jsonrpc: '2.0', id, result: {} })), 100)
      })
    })
    const seen: unknown[] = []
    const onNotification = (_: string, { progress }: Record<string, unknown>) => void seen.push(progress)
    await a.peers.request({ peerId: b.peerId }, 'count', {}, { onNotification })
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, n) => n))
  })

  test('an answer that is followed by the end of the stream arrives before it', async () => {
    await using a = await startPeer()
    await using b = await startPeer()
    await joined(b.peers, a.peers)
    b.peers.serve(stream => {
      stream.onMessage(body => {
        stream.send(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(Buffer.from(body).toString()).id, result: 'last' }))
        stream.close()
      })
    })
    for (let n = 0; n < 20; n++) expect(await a.peers.request({ peerId: b.peerId }, 'once', {})).toBe('last')
  })
})
