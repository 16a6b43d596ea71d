/** The shared token leaves this node only for peers that it trusts: a call can name any. */
import { expect, test } from 'vitest'
import { startPeer } from './network.ts'

const TOKEN = { secret: 'a-shared-token', grant: { tools: [] } }

test.each([true, false])('a peer that is trusted (%s) is shown it, any other is not', async isTrusted => {
  await using asked = await startPeer({}, undefined, undefined, { token: TOKEN })
  const heard: string[] = []
  asked.peers.serve(stream =>
    stream.onMessage(body => {
      const text = Buffer.from(body).toString()
      heard.push(text)
      const { id } = JSON.parse(text)
      stream.send(JSON.stringify({ jsonrpc: '2.0', id, result: { content: { ok: true } } }))
    })
  )
  const allowed = isTrusted ? { peerIds: [asked.peerId], grant: { tools: [] } } : undefined
  await using asking = await startPeer({}, undefined, undefined, { token: TOKEN, ...(allowed && { allowed }) })
  const [multiaddr = ''] = asked.peers.status().addresses
  await asking.peers.queueRpc({ peerId: asked.peerId, multiaddr }, { op: 'status' })
  expect(heard.join()).toContain('task_queue.rpc')
  expect(heard.join().includes(TOKEN.secret)).toBe(isTrusted)
})
