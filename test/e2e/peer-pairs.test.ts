/** Two whole nodes that trust each other: the tools that work on the other one, large bodies, progress, cancellation. */
import { describe, expect, test } from 'vitest'
import { join, type PeerNode, startPeerNode } from '../helpers/peer-node.ts'

/** Bob may use Alice's queue and the named tools of hers; he works for her if he is asked to. */
async function pair(tools: string[] = [], settings: Record<string, string> = {}, works = false) {
  const alice = await startPeerNode(settings)
  const bob = await startPeerNode(works ? { work_for: alice.peerId } : {})
  await join(alice, bob, tools, ['chunk_text'])
  return {
    alice,
    bob,
    async [Symbol.asyncDispose]() {
      await bob[Symbol.asyncDispose]()
      await alice[Symbol.asyncDispose]()
    }
  }
}

const CACHE = ['p2p_cache_get', 'p2p_cache_has', 'p2p_cache_set', 'p2p_cache_delete']

describe('tools that ask another node', () => {
  test('its cache is read and written where it was granted', async () => {
    await using nodes = await pair(CACHE)
    const there = { remote_peer_id: nodes.alice.peerId }
    const far = (op: string, more = {}) => nodes.bob.call(`p2p_remote_cache_${op}`, { key: 'k', ...there, ...more })
    expect(await far('get')).toMatchObject({ ok: true, hit: false, value: null, peer_id: nodes.alice.peerId })
    expect(await far('set', { value: { a: [1] } })).toMatchObject({ ok: true, key: 'k' })
    expect(await nodes.alice.call('p2p_cache_get', { key: 'k' })).toMatchObject({ hit: true, value: { a: [1] } })
    expect(await nodes.bob.call('p2p_cache_has', { key: 'k' })).toMatchObject({ hit: false })
    expect(await far('has')).toMatchObject({ hit: true })
    expect(await far('delete')).toMatchObject({ deleted: true })
    expect(await far('delete')).toMatchObject({ deleted: false })
  })

  test('its cache is closed where it was not granted', async () => {
    await using nodes = await pair()
    const asked = { key: 'k', remote_multiaddr: nodes.alice.address }
    for (const op of ['get', 'has', 'delete']) {
      expect(await nodes.bob.call(`p2p_remote_cache_${op}`, asked)).toMatchObject({ ok: false, error: 'FORBIDDEN' })
    }
  })

  test('its state, its queue and its tools', async () => {
    await using nodes = await pair()
    const { alice, bob } = nodes
    await alice.call('worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    expect(await bob.call('p2p_service_status')).toMatchObject({
      ok: true,
      running: true,
      self_peer_id: bob.peerId,
      listen_port: expect.any(Number),
      count: 1,
      peers: [{ peer_id: alice.peerId, is_trusted: true, status: 'connected' }]
    })
    expect(await bob.call('p2p_remote_status', { peer_id: alice.peerId, detail: true })).toMatchObject({
      ok: true,
      peer_id: alice.peerId,
      capabilities: { task_types: ['embedding'], ops: expect.arrayContaining(['submit']) },
      queue: { queued: 0 }
    })
    const there = { remote_peer_id: alice.peerId }
    const task = { task_type: 'embedding', model_name: 'm', payload: { texts: ['a'] } }
    const { task_id, peer_id } = await bob.call('p2p_remote_submit_task', { ...task, ...there })
    expect(peer_id).toBe(alice.peerId)
    expect(await alice.call('task_status', { task_id })).toMatchObject({
      status: 'queued',
      model_name: 'm',
      submitter: { kind: 'peer', id: `peer:${bob.peerId}` }
    })
    const called = (tool_name: string, args: object | null, more = {}) =>
      bob.call('p2p_remote_call_tool', { tool_name, args, ...there, ...more })
    expect(await called('queue_stats', null)).toMatchObject({ tool: 'queue_stats', result: { queued_count: 1 } })
    expect(await called('list_datasets', {})).toMatchObject({ error: 'FORBIDDEN' })
    expect(await called('task_wait', { task_id, wait_s: 60 }, { timeout_s: 0.2 })).toMatchObject({
      error: 'OUTCOME_UNKNOWN'
    })
  })

  test('who is not there is unreachable, who is another is a mismatch, who is nobody is invalid', async () => {
    await using nodes = await pair()
    const ask = (asked: object) => nodes.bob.call('p2p_remote_cache_get', { key: 'k', ...asked })
    expect(await ask({ remote_multiaddr: '/ip4/127.0.0.1/tcp/1' })).toMatchObject({ error: 'PEER_UNREACHABLE' })
    expect(await ask({ remote_multiaddr: 'nonsense' })).toMatchObject({
      error: 'INVALID_INPUT',
      issues: [{ path: '/remote_multiaddr' }]
    })
    expect(await ask({ remote_multiaddr: nodes.alice.address, remote_peer_id: nodes.bob.peerId })).toMatchObject({
      error: 'PEER_MISMATCH'
    })
    const other = nodes.alice.address.replace(
      nodes.alice.peerId,
      '12D3KooWSmq1RPMVCUVUUCPnpEqbHuvVC1xq3mvGtr6WBQEGLgWA'
    )
    expect(await ask({ remote_multiaddr: other })).toMatchObject({ error: 'PEER_MISMATCH' })
    expect(await ask({})).toMatchObject({ error: 'INVALID_INPUT' })
  })
})

describe('large bodies', () => {
  const text = 'Grüße. '.repeat(60_000)

  /** Reads a body in parts, as its submitter or worker does. */
  async function read(node: PeerNode, args: object): Promise<unknown> {
    const parts: Buffer[] = []
    for (let offset = 0; ; ) {
      const part = await node.call('task_body', { ...args, offset })
      if (part.success !== true) return part.error
      parts.push(Buffer.from(String(part.content), 'base64'))
      offset += Number(part.returned)
      if (part.truncated !== true) return JSON.parse(Buffer.concat(parts).toString())
    }
  }

  test('a remote worker gets a payload over 64 KiB and brings such a result; its submitter reads both', async () => {
    await using nodes = await pair([], {}, true)
    await using carol = await startPeerNode()
    const { alice, bob } = nodes
    await join(alice, carol)
    const payload = { tool: 'chunk_text', args: { text, max_chunks: 80 } }
    await alice.call('task_submit', { task_id: 'big', task_type: 'tool.call', payload })
    expect(await read(carol, { task_id: 'big', target_peer_id: alice.peerId })).toBe('FORBIDDEN')
    expect(await alice.call('task_wait', { task_id: 'big', wait_s: 60 })).toMatchObject({
      status: 'completed',
      worker_id: expect.stringMatching(/^peer-/)
    })
    const ended = await alice.call('task_result', { task_id: 'big' })
    expect(ended).toMatchObject({ truncated: true, result_cid: expect.any(String) })
    const result = await read(alice, { task_id: 'big', part: 'result' })
    expect(result).toMatchObject({ success: true, chunks: expect.any(Array) })
    // Its lease is over.
    expect(await read(bob, { task_id: 'big', target_peer_id: alice.peerId })).toBe('FORBIDDEN')
  })

  test('who submitted from afar reads the payload and the result, whoever ran it', async () => {
    await using nodes = await pair()
    const { alice, bob } = nodes
    const there = { target_peer_id: alice.peerId }
    await alice.call('worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    await bob.call('task_submit', { task_id: 'mine', task_type: 'embedding', payload: { text }, ...there })
    const { tasks } = await alice.call('task_claim', { worker_id: 'w' })
    const [{ lease_token }] = tasks as [{ lease_token: string }]
    await alice.call('task_complete', { task_id: 'mine', lease_token, result: { text, n: 1 } })
    expect(await read(bob, { task_id: 'mine', ...there })).toEqual({ text })
    expect(await read(bob, { task_id: 'mine', part: 'result', ...there })).toEqual({ text, n: 1 })
  })

  test('what is larger than a frame of the other side is told before or after it was sent, and disturbs nothing', async () => {
    await using nodes = await pair([], { max_frame_bytes: '100000' })
    const { alice, bob } = nodes
    await alice.call('worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    const submit = (body: string) =>
      bob.call('task_submit', { task_type: 'embedding', payload: { body }, target_peer_id: alice.peerId })
    for (const _ of [1, 2]) {
      expect(await submit('x'.repeat(200_000))).toMatchObject({
        error: 'TOO_LARGE',
        details: { limit_bytes: 100_000 }
      })
    }
    expect(await submit('x'.repeat(50_000))).toMatchObject({ success: true })
    // Answers are bound likewise.
    await submit('x'.repeat(60_000))
    const claim = { worker_id: 'far', max_tasks: 2, target_peer_id: alice.peerId }
    expect(await bob.call('task_claim', claim)).toMatchObject({ error: 'TOO_LARGE' })
    expect(await bob.call('queue_stats', { target_peer_id: alice.peerId })).toMatchObject({ success: true })
  })
})

describe('a call that takes its time', () => {
  test.each([
    ['a tool that names the peer', 'task_wait', (args: object, peer: string) => ({ ...args, target_peer_id: peer })],
    [
      'peer_call_tool',
      'peer_call_tool',
      (args: object, peer: string) => ({ tool: 'task_wait', args, target_peer_id: peer })
    ],
    [
      'p2p_remote_call_tool',
      'p2p_remote_call_tool',
      (args: object, peer: string) => ({ tool_name: 'task_wait', args, remote_peer_id: peer })
    ]
  ])('%s hears of its progress while it runs', async (_what, tool, argsFor) => {
    await using nodes = await pair()
    const { alice, bob } = nodes
    await alice.call('worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    await alice.call('task_submit', { task_id: 't', task_type: 'embedding', payload: {} })
    const { tasks } = await alice.call('task_claim', { worker_id: 'w' })
    const [{ lease_token }] = tasks as [{ lease_token: string }]
    const lease = { task_id: 't', lease_token }
    const heard = Promise.withResolvers<[number, string]>()
    const progress = (done: number, _total?: number, message?: string) => {
      if (message !== undefined && done === 0.25) heard.resolve([done, message])
    }
    let isOver = false
    const args = argsFor({ task_id: 't', wait_s: 60 }, alice.peerId)
    const waiting = bob.call(tool, args, { progress }).finally(() => {
      isOver = true
    })
    const report = async () => {
      for (let n = 0; n < 100 && !isOver; n++) {
        await alice.call('task_heartbeat', { ...lease, progress: { fraction: 0.25, message: `a quarter ${n}` } })
        await Promise.race([heard.promise, new Promise(resolve => setTimeout(resolve, 100))])
      }
    }
    const reporting = report()
    expect(await heard.promise).toEqual([0.25, expect.stringMatching(/^a quarter/)])
    expect(isOver).toBe(false)
    await alice.call('task_complete', { ...lease, result: {} })
    isOver = true
    await Promise.all([waiting, reporting])
    expect(JSON.stringify(await waiting)).toContain('"completed"')
  })

  test('it is stopped there when it is cancelled here, and others go on meanwhile', async () => {
    await using nodes = await pair()
    const { alice, bob } = nodes
    await alice.call('worker_register', { worker_id: 'w', capabilities: ['embedding'] })
    await bob.call('task_submit', {
      task_id: 't',
      task_type: 'embedding',
      payload: {},
      target_peer_id: alice.peerId
    })
    const leaving = new AbortController()
    const args = { worker_id: 'far', wait_s: 60, task_types: ['nothing'], target_peer_id: alice.peerId }
    const waiting = bob.call('task_claim', args, { signal: leaving.signal })
    await expect
      .poll(async () => (await alice.call('queue_stats', { include_worker_stats: true })).worker_count, {
        timeout: 20_000
      })
      .toBe(2)
    // The same stream carries others meanwhile.
    expect(await bob.call('task_status', { task_id: 't', target_peer_id: alice.peerId })).toMatchObject({
      status: 'queued'
    })
    leaving.abort()
    expect(await waiting).toMatchObject({ error: 'CANCELLED' })
    // Had the wait gone on there, it would take this one.
    await alice.call('worker_register', { worker_id: 'w', capabilities: ['nothing'] })
    await alice.call('task_submit', { task_id: 'n', task_type: 'nothing', payload: {} })
    expect(await alice.call('task_status', { task_id: 'n' })).toMatchObject({ status: 'queued' })
  })
})
