/** Every operation of the task queue, in the words of nodes in Python, over real sockets. */
import { describe, expect, test } from 'vitest'
import { TASK_QUEUE_PROTOCOL } from '../../../src/protocol/wire/line.ts'
import { startPeerNode } from '../../helpers/peer-node.ts'
import { startWirePeer, taskQueueOf } from '../../helpers/wire-peer.ts'

async function open(settings: Record<string, string> = {}) {
  const peer = await startWirePeer()
  const node = await startPeerNode({ allow: peer.peerId, ...settings })
  // Somebody who could run it, so that the queue takes the type.
  await node.call('worker_register', { worker_id: 'other', capabilities: ['embedding'] })
  const stream = await peer.open(node.address)
  const queue = await taskQueueOf(stream)
  return {
    peer,
    node,
    queue,
    /** Submits work that the worker `w` runs. */
    async submit(more: object = {}) {
      return await queue('submit', { task_type: 'embedding', model_name: 'm', payload: { texts: ['a'] }, ...more })
    },
    async claim(more: object = {}) {
      return Object((await queue('claim', { worker_id: 'w', supported_task_types: ['embedding'], ...more })).task)
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]()
      await node[Symbol.asyncDispose]()
    }
  }
}

describe('from submission to result', () => {
  test('a worker that knows no lease tokens claims and completes by ids alone', async () => {
    await using opened = await open()
    const { queue, node, claim, submit } = opened
    expect(await claim()).toEqual({})
    const submitted = await submit({ payload: { texts: ['a'], priority: 9, max_attempts: 4, session_id: 's' } })
    expect(submitted).toEqual({ ok: true, task_id: expect.any(String), replayed: false, peer_id: node.peerId })
    const { task_id } = submitted
    const task = await claim({ session_id: 's' })
    expect(task).toMatchObject({
      task_id,
      task_type: 'embedding',
      model_name: 'm',
      payload: { texts: ['a'], priority: 9 },
      status: 'running',
      assigned_worker: 'w',
      attempt: 1,
      max_attempts: 4,
      priority: 9,
      lease_token: expect.any(String)
    })
    expect(task.created_at).toBeCloseTo(Date.now() / 1000, -2)
    expect(task.lease_until).toBeGreaterThan(task.created_at)
    expect(await queue('task.heartbeat', { task_id, progress: { fraction: 0.5 } })).toMatchObject({ ok: true })
    expect(await queue('complete', { task_id, result: 7 })).toMatchObject({ ok: true, task_id, status: 'completed' })
    expect(await queue('get', { task_id })).toMatchObject({
      ok: true,
      task: { status: 'completed', payload: { texts: ['a'] }, result: { result: 7 }, error: null }
    })
    expect(await queue('complete', { task_id, status: 'failed' })).toMatchObject({ ok: false, error: 'stale_lease' })
  })

  test('what somebody claimed nobody else completes, with a wrong token or none', async () => {
    await using opened = await open()
    const { queue, node, submit } = opened
    const { task_id } = await submit()
    await node.call('task_claim', { worker_id: 'other' })
    for (const more of [{}, { lease_token: 'guessed' }]) {
      expect(await queue('complete', { task_id, ...more })).toMatchObject({ ok: false, error: 'stale_lease' })
      expect(await queue('release', { task_id, worker_id: 'w', ...more })).toMatchObject({ ok: false })
    }
    expect(await queue('get', { task_id })).toMatchObject({ task: { status: 'running', assigned_worker: 'other' } })
  })

  test('a failure has its words, and another attempt; an unknown status is a failure', async () => {
    await using opened = await open()
    const { queue, submit, claim } = opened
    const { task_id } = await submit({ max_attempts: 1 })
    await claim()
    expect(await queue('complete_task', { task_id, status: 'exploded', error: 'no memory' })).toMatchObject({
      ok: true,
      status: 'failed'
    })
    expect(await queue('get', { task_id })).toMatchObject({ task: { status: 'failed', error: 'no memory' } })
    expect(await queue('task.retry', { task_id })).toMatchObject({ ok: true, retry_task_id: expect.any(String) })
  })

  test('released work is claimed again, many at once', async () => {
    await using opened = await open()
    const { queue, submit, claim } = opened
    const { task_id } = await submit()
    await claim()
    expect(await queue('release_task', { task_id, worker_id: 'w' })).toMatchObject({ ok: true, task_id })
    await submit()
    const { tasks } = await queue('claim_batch', { worker_id: 'w', task_types: 'embedding, x', max_tasks: 5 })
    expect(tasks).toHaveLength(2)
  })

  test('waiting ends with the task, or with its time', async () => {
    await using opened = await open()
    const { queue, submit, claim } = opened
    const { task_id } = await submit()
    expect(await queue('wait', { task_id, timeout_s: 0.05 })).toMatchObject({ ok: true, task: { status: 'queued' } })
    await claim()
    const [waited] = await Promise.all([
      queue('wait', { task_id, timeout_s: 60 }),
      queue('complete', { task_id, result: { rows: 3 } })
    ])
    expect(waited).toMatchObject({ task: { status: 'completed', result: { rows: 3 } } })
  })

  test('the same key with the same content is one task', async () => {
    await using opened = await open()
    const one = await opened.submit({ idempotency_key: 'k' })
    const again = await opened.submit({ payload: { texts: ['a'] }, idempotency_key: 'k' })
    expect(again).toMatchObject({ task_id: one.task_id, replayed: true })
    expect(await opened.submit({ idempotency_key: 'k', payload: { other: 1 } })).toMatchObject({
      ok: false,
      error: 'idempotency_conflict'
    })
  })
})

describe('operating it', () => {
  test('lists by pages, changes priorities, cancels what waits, and says what it could not', async () => {
    await using opened = await open()
    const { queue, submit } = opened
    const ids = [(await submit()).task_id, (await submit()).task_id, (await submit()).task_id]
    const first = await queue('list', { limit: 2, status: 'queued' })
    expect(first.tasks).toMatchObject([{ task_id: ids[0], assigned_worker: null }, { task_id: ids[1] }])
    const { tasks } = await queue('tasks.list', { limit: 2, status: 'queued', cursor: first.next_cursor })
    expect(tasks).toMatchObject([{ task_id: ids[2] }])
    expect(await queue('task.priority', { task_id: ids[2], priority: 10 })).toMatchObject({ new_priority: 10 })
    expect(await queue('cancel', { task_id: ids[0], reason: 'no' })).toMatchObject({ ok: true, cancelled: true })
    expect(await queue('cancel', { task_id: ids[0] })).toMatchObject({ ok: true, cancelled: false })
    expect(await queue('queue.pause', { reason: 'r' })).toMatchObject({ ok: true })
    expect(await opened.claim()).toEqual({})
    expect(await queue('queue.resume')).toMatchObject({ ok: true })
    expect(await opened.claim()).toMatchObject({ task_id: ids[2] })
    expect(await queue('queue.stats')).toMatchObject({ ok: true, queued_count: 1, running_count: 1 })
    expect(await queue('queue.clear', { confirm: true })).toMatchObject({ ok: true, cleared_count: 1 })
  })

  test('status tells what it can do; in detail also what it does', async () => {
    await using opened = await open()
    const { queue, submit, claim, node } = opened
    await submit()
    await claim()
    await queue('worker.register', { worker_id: 'w2', capabilities: ['asr'] })
    expect(await queue('describe')).toMatchObject({
      ok: true,
      peer_id: node.peerId,
      capabilities: {
        task_types: expect.arrayContaining(['voice.asr']),
        models: [],
        ops: expect.arrayContaining(['submit', 'claim_many', 'task.heartbeat', 'task.body', 'queue.pause'])
      },
      nat: { autonat: { supported: false } },
      session: null,
      limits: { max_frame_bytes: 16 * 1024 * 1024 }
    })
    expect(await queue('status', { detail: true })).toMatchObject({
      queue: { queued: 0, running: 1, running_by_type: { embedding: 1 } },
      scheduler: { known_workers: expect.arrayContaining(['w2']), counts: { workers: 3, docker_workers: 0 } },
      local_worker: { enabled: false }
    })
    expect(await queue('worker.unregister', { worker_id: 'w2' })).toMatchObject({ ok: true })
  })

  test('a heartbeat of a peer is answered to the peer of the handshake, whoever it says it is', async () => {
    await using opened = await open()
    expect(await opened.queue('peer.heartbeat', { peer_id: 'somebody else' })).toMatchObject({
      ok: true,
      peer: opened.peer.peerId
    })
    await opened.submit({ peer_id: 'somebody else' })
    const { tasks } = await opened.node.call('task_list')
    expect(tasks).toMatchObject([{ submitter: { kind: 'peer', id: `peer:${opened.peer.peerId}` } }])
  })
})

describe('tools and the cache', () => {
  test('what was granted is answered, the rest is refused', async () => {
    await using opened = await open({ allow_tools: 'p2p_cache_get,p2p_cache_set,p2p_cache_has' })
    const { queue } = opened
    expect(await queue('cache.set', { key: 'k', value: { a: 1 } })).toMatchObject({ ok: true, key: 'k' })
    expect(await queue('cache', { key: 'k' })).toMatchObject({ ok: true, hit: true, value: { a: 1 } })
    expect(await queue('cache_has', { key: 'x' })).toMatchObject({ ok: true, hit: false })
    expect(await queue('cache.delete', { key: 'k' })).toMatchObject({ ok: false, error: 'forbidden' })
    const call = (tool_name: string, args = {}) => queue('call_tool', { tool_name, args })
    expect(await call('p2p_status')).toMatchObject({ ok: true, tool: 'p2p_status', result: { success: true } })
    expect(await call('list_datasets')).toMatchObject({ ok: false, error: 'forbidden' })
    expect(await call('nonsense')).toMatchObject({ ok: false, error: 'tool_not_found' })
  })

  test('a call that takes longer than it may is stopped', async () => {
    await using opened = await open()
    const { task_id } = await opened.submit()
    const waiting = opened.queue('call_tool', { tool: 'task_wait', args: { task_id, wait_s: 60 }, timeout_s: 0.05 })
    expect(await waiting).toMatchObject({ ok: false, error: 'timeout' })
  })
})

describe('bad messages', () => {
  test.each([
    ['', {}, 'invalid_message'],
    ['nonsense', {}, 'unknown_op'],
    [' CLAIM ', {}, 'missing_worker_id'],
    ['complete', {}, 'missing_task_id'],
    ['get', { task_id: '' }, 'missing_task_id'],
    ['cache.get', {}, 'missing_key'],
    ['call_tool', {}, 'missing_tool_name'],
    ['submit', { task_type: 'embedding', payload: {}, priority: 'high' }, 'invalid_input'],
    ['release', { task_id: 'none' }, 'task_missing']
  ])('%o with %o is %s', async (op, more, error) => {
    await using opened = await open()
    expect(await opened.queue(op, more)).toMatchObject({ ok: false, error, peer_id: opened.node.peerId })
  })

  test('what is not there is null, and no failure', async () => {
    await using opened = await open()
    for (const op of ['get', 'wait'])
      expect(await opened.queue(op, { task_id: 'none' })).toMatchObject({ ok: true, task: null })
  })
})

describe('the protocol of lines', () => {
  test('answers one message a stream when it is switched on, with leases that outlive the stream', async () => {
    await using opened = await open({ line_protocol: 'true' })
    const ask = async (message: object) => {
      const stream = await opened.peer.open(opened.node.address, TASK_QUEUE_PROTOCOL)
      stream.send(message)
      const answer = await stream.next()
      await stream.ended
      return answer
    }
    const { task_id } = await ask({ op: 'submit', task_type: 'embedding', model_name: 'm', payload: { a: 1 } })
    expect(await ask({ op: 'claim', worker_id: 'w' })).toMatchObject({ ok: true, task: { task_id, payload: { a: 1 } } })
    expect(await ask({ op: 'complete', task_id, result: { b: 2 } })).toMatchObject({ ok: true, status: 'completed' })
    expect(await ask({ op: 'get', task_id })).toMatchObject({ task: { result: { b: 2 } }, peer_id: opened.node.peerId })
    expect(await ask({ op: 'nonsense' })).toMatchObject({ ok: false, error: 'unknown_op' })
    const bad = await opened.peer.open(opened.node.address, TASK_QUEUE_PROTOCOL)
    bad.send('no json')
    expect(await bad.next()).toMatchObject({ ok: false, error: 'invalid_json' })
    const endless = await opened.peer.open(opened.node.address, TASK_QUEUE_PROTOCOL)
    endless.bytes(Buffer.alloc(1024 * 1024 + 1, 0x61))
    expect(await endless.next()).toMatchObject({ ok: false, error: 'frame_too_large' })
  })

  test('is not there unless it is switched on', async () => {
    await using opened = await open()
    await expect(opened.peer.open(opened.node.address, TASK_QUEUE_PROTOCOL)).rejects.toThrow()
  })
})
