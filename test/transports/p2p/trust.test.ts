/** Who gets in, and with what: invitations are tested with the peers service; here the list, the token and nobody. */
import { describe, expect, test } from 'vitest'
import { TASK_QUEUE_PROTOCOL } from '../../../src/protocol/wire/line.ts'
import { startPeerNode } from '../../helpers/peer-node.ts'
import { INITIALIZE, startWirePeer, taskQueueOf } from '../../helpers/wire-peer.ts'

const TOKEN = 'a-shared-token-of-old-nodes'

async function open(settings: Record<string, string> = {}) {
  const peer = await startWirePeer()
  const node = await startPeerNode(settings)
  return {
    node,
    peer,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]()
      await node[Symbol.asyncDispose]()
    }
  }
}

describe('the shared token', () => {
  test('gives what the setting lists to who shows it, and nothing before', async () => {
    await using opened = await open({ token: TOKEN, token_tools: 'p2p_cache_set' })
    const queue = await taskQueueOf(await opened.peer.open(opened.node.address))
    expect(await queue('queue.stats', { token: TOKEN })).toMatchObject({ ok: true, queued_count: 0 })
    expect(await queue('cache.set', { key: 'k', value: 1, token: TOKEN })).toMatchObject({ ok: true })
    expect(await queue('cache.get', { key: 'k', token: TOKEN })).toMatchObject({ ok: false, error: 'forbidden' })
  })

  test.each([
    ['no token', {}],
    ['a token one byte off', { token: `${TOKEN.slice(0, -1)}!` }],
    ['a token one byte short', { token: TOKEN.slice(0, -1) }],
    ['a token one byte long', { token: `${TOKEN}!` }],
    ['no text', { token: 7 }],
    ['an id of a trusted peer', { peer_id: 'x', token: '' }]
  ])('%s is unauthorized and ends the stream', async (_what, more) => {
    await using opened = await open({ token: TOKEN })
    const stream = await opened.peer.open(opened.node.address)
    const queue = await taskQueueOf(stream)
    expect(await queue('queue.stats', more)).toMatchObject({
      code: -32001,
      message: 'unauthorized',
      data: { error: 'FORBIDDEN' }
    })
    await stream.ended
  })

  test('a stranger that greets learns nothing else', async () => {
    await using opened = await open({ token: TOKEN })
    const stream = await opened.peer.open(opened.node.address)
    expect(await stream.ask(INITIALIZE)).toMatchObject({ result: { ok: true } })
    expect(await stream.ask({ jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} })).toMatchObject({
      error: { code: -32001 }
    })
    await stream.ended
  })

  test('everybody who shows it is one: work of one connection is finished by the next, with another key', async () => {
    await using opened = await open({ token: TOKEN, line_protocol: 'true' })
    await opened.node.call('worker_register', { worker_id: 'other', capabilities: ['embedding'] })
    const ask = async (message: object) => {
      await using peer = await startWirePeer()
      const stream = await peer.open(opened.node.address, TASK_QUEUE_PROTOCOL)
      stream.send({ token: TOKEN, ...message })
      return await stream.next()
    }
    const { task_id } = await ask({ op: 'submit', task_type: 'embedding', payload: { a: 1 } })
    expect(await ask({ op: 'claim', worker_id: 'w' })).toMatchObject({ task: { task_id } })
    expect(await ask({ op: 'complete', task_id, result: { b: 2 } })).toMatchObject({ ok: true })
    expect(await ask({ op: 'get', task_id, token: 'wrong' })).toMatchObject({ ok: false, error: 'unauthorized' })
    expect(await opened.node.call('task_status', { task_id })).toMatchObject({
      status: 'completed',
      submitter: { kind: 'peer', id: 'peer:token-holders' }
    })
  })

  test('a stranger may send little before it shows the token', async () => {
    await using opened = await open({ token: TOKEN })
    const stream = await opened.peer.open(opened.node.address)
    stream.bytes(Uint8Array.of(0x00, 0x10, 0x00, 0x01))
    expect(await stream.next()).toMatchObject({ error: { code: -32003, message: 'frame_too_large' } })
    await stream.ended
  })
})

describe('the list of allowed peers', () => {
  test('lets in who has the key of a listed id, with what is listed for them', async () => {
    await using peer = await startWirePeer()
    await using node = await startPeerNode({ allow: peer.peerId, allow_tools: 'list_datasets' })
    const queue = await taskQueueOf(await peer.open(node.address))
    expect(await queue('queue.stats')).toMatchObject({ ok: true })
    expect(await node.call('peer_list')).toMatchObject({
      peers: [{ peer_id: peer.peerId, is_trusted: true, source: 'configured', status: 'connected' }]
    })
    // It is for tasks; no peer calls it directly.
    expect(await queue('call_tool', { tool: 'list_datasets' })).toMatchObject({ ok: false, error: 'forbidden' })
    expect(await queue('call_tool', { tool: 'p2p_cache_get', args: { key: 'k' } })).toMatchObject({
      error: 'forbidden'
    })
  })

  test('nobody else gets a stream, whatever id it names', async () => {
    await using peer = await startWirePeer()
    await using mallory = await startWirePeer()
    await using node = await startPeerNode({ allow: peer.peerId })
    await expect(mallory.open(node.address)).rejects.toThrow()
    expect(await node.call('p2p_status')).toMatchObject({ trusted_peers: 1, refused_connections: 1 })
  })

  test('a tool that there is not is told when peer-to-peer starts', async () => {
    await expect(startPeerNode({ allow: 'x', allow_tools: 'nonsense' })).rejects.toMatchObject({
      message: expect.stringContaining('nonsense')
    })
  })
})
