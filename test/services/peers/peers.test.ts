import { describe, expect, test } from 'vitest'
import { joined, serveEcho, startPeer } from './network.ts'

const failing = (code: string) => expect.objectContaining({ code })

describe('joining', () => {
  test('one pasted line makes two nodes trust each other, and they stay trusted after a restart', async () => {
    await using alice = await startPeer()
    const bob = await startPeer()
    await joined(alice.peers, bob.peers)
    expect(alice.peers.grantOf(bob.peerId)).toEqual({ tools: ['p2p_status'] })
    await bob.peers.stop()
    await using again = await startPeer({}, bob.storage)
    expect(again.peerId).toBe(bob.peerId)
    serveEcho(alice.peers)
    expect(await again.peers.request({ peerId: alice.peerId }, 'x', { a: 1 })).toMatchObject({ from: bob.peerId })
  })

  test('a line works once', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    await using mallory = await startPeer()
    const { line } = await alice.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
    await alice.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
    await bob.peers.join(line, { grant: { tools: [] } })
    await expect(mallory.peers.join(line, { grant: { tools: [] } })).rejects.toEqual(failing('INVITATION_INVALID'))
    expect(alice.peers.grantOf(mallory.peerId)).toBeUndefined()
  })

  test.each(['', 'ipfs-datasets-join:', 'ipfs-datasets-join:AAAA', 'hello'])(
    'what is no line (%o) is refused',
    async line => {
      await using bob = await startPeer()
      await expect(bob.peers.join(line, { grant: { tools: [] } })).rejects.toEqual(failing('INVITATION_INVALID'))
    }
  )

  test('an expired line is refused', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    const { line } = await alice.peers.invite({ grant: { tools: [] }, expiresInMs: 0 })
    await expect(bob.peers.join(line, { grant: { tools: [] } })).rejects.toEqual(failing('INVITATION_INVALID'))
  })
})

describe('strangers', () => {
  test('a key that nobody trusts gets no connection, and is counted', async () => {
    await using alice = await startPeer()
    await using mallory = await startPeer()
    serveEcho(alice.peers)
    const [multiaddr = ''] = alice.peers.status().addresses
    await expect(mallory.peers.request({ multiaddr }, 'x', {})).rejects.toEqual(failing('PEER_UNREACHABLE'))
    expect(alice.peers.status()).toMatchObject({ connections: 0, refused: 1 })
  })

  test('while an invitation is open a stranger comes in, and no further', async () => {
    await using alice = await startPeer()
    await using mallory = await startPeer()
    serveEcho(alice.peers)
    await alice.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
    const [multiaddr = ''] = alice.peers.status().addresses
    const asked = mallory.peers.request({ multiaddr }, 'x', {})
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(/PEER_UNREACHABLE|OUTCOME_UNKNOWN/) })
  })

  test('a forgotten peer is a stranger again', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    serveEcho(alice.peers)
    await joined(alice.peers, bob.peers)
    await bob.peers.request({ peerId: alice.peerId }, 'x', {})
    expect(await alice.peers.forget(bob.peerId)).toBe(true)
    await expect(bob.peers.request({ peerId: alice.peerId }, 'x', {})).rejects.toMatchObject({
      code: expect.stringMatching(/PEER_UNREACHABLE|OUTCOME_UNKNOWN/)
    })
  })
})

describe('requests', () => {
  test('many at once share one stream and one handshake, and each gets its own answer', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    serveEcho(alice.peers)
    await joined(alice.peers, bob.peers)
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => bob.peers.request({ peerId: alice.peerId }, 'x', { n }))
    )
    for (const [n, answer] of answers.entries()) expect(answer).toMatchObject({ params: { n }, from: bob.peerId })
    expect(bob.peers.status().pool).toEqual({ hits: 49, misses: 1, handshakes: 1 })
    expect(bob.peers.metrics(alice.peerId)).toMatchObject({ requestsSent: 50, requestsFailed: 0, status: 'connected' })
    expect(bob.peers.metrics(alice.peerId).latencies).toHaveLength(50)
  })

  test('an aborted one is cancelled on the other side and disturbs no other', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    const heard: string[] = []
    alice.peers.serve(stream =>
      stream.onMessage(body => {
        const { id, method, params } = JSON.parse(Buffer.from(body).toString())
        heard.push(method)
        if (method === 'quick') stream.send(JSON.stringify({ jsonrpc: '2.0', id, result: params.n }))
      })
    )
    await joined(alice.peers, bob.peers)
    const leaving = new AbortController()
    const slow = bob.peers.request({ peerId: alice.peerId }, 'slow', {}, { signal: leaving.signal })
    const refused = expect(slow).rejects.toThrow('enough')
    expect(await bob.peers.request({ peerId: alice.peerId }, 'quick', { n: 7 })).toBe(7)
    leaving.abort(new Error('enough'))
    await refused
    expect(await bob.peers.request({ peerId: alice.peerId }, 'quick', { n: 8 })).toBe(8)
    expect(heard).toEqual(['slow', 'quick', 'notifications/cancelled', 'quick'])
  })

  test('a peer that goes away leaves the outcome unknown, and the next request says that it is away', async () => {
    await using bob = await startPeer()
    const alice = await startPeer()
    alice.peers.serve(stream => stream.onMessage(() => {}))
    await joined(alice.peers, bob.peers)
    const asked = bob.peers.request({ peerId: alice.peerId }, 'x', {})
    const refused = expect(asked).rejects.toEqual(failing('OUTCOME_UNKNOWN'))
    await expect.poll(() => alice.peers.metrics(bob.peerId).requestsServed).toBe(1)
    await alice.peers.stop()
    await refused
    await expect(bob.peers.request({ peerId: alice.peerId }, 'x', {})).rejects.toEqual(failing('PEER_UNREACHABLE'))
    expect(bob.peers.metrics(alice.peerId).requestsFailed).toBe(1)
  })

  test.each([
    [{ multiaddr: 'nonsense' }, 'INVALID_INPUT'],
    [{ peerId: 'nonsense' }, 'INVALID_INPUT'],
    [{}, 'INVALID_INPUT'],
    [{ multiaddr: '/ip4/127.0.0.1/tcp/1' }, 'PEER_UNREACHABLE']
  ])('a target that leads nowhere (%o) is %s', async (target, code) => {
    await using bob = await startPeer()
    await expect(bob.peers.request(target, 'x', {})).rejects.toEqual(failing(code))
  })

  test('a peer that is not the one its address names is refused', async () => {
    await using alice = await startPeer()
    await using bob = await startPeer()
    await using carol = await startPeer()
    await joined(alice.peers, bob.peers)
    const [address = ''] = alice.peers.status().addresses
    const multiaddr = address.replace(alice.peerId, carol.peerId)
    await expect(bob.peers.connect({ multiaddr })).rejects.toEqual(failing('PEER_MISMATCH'))
    const both = { multiaddr: address, peerId: carol.peerId }
    await expect(bob.peers.connect(both)).rejects.toEqual(failing('PEER_MISMATCH'))
  })
})
