/** What the tools of the queue promise together, through the shipping dispatcher. */
import { expect, test } from 'vitest'
import { claim, openNode, submit } from '../../helpers/open-node.ts'

test('a worker that only has the tools runs a task to its end, and the submitter reads the result', async () => {
  await using node = await openNode()
  await node.call('worker_register', { worker_id: 'w1', capabilities: ['resize'], max_concurrent_tasks: 2 })
  const submitted = await node.call('task_submit', {
    task_type: 'resize',
    payload: { width: 10 },
    tags: ['pictures'],
    metadata: { for: 'the site' },
    timeout: 60,
    retry_policy: { max_attempts: 2, base_s: 0.5 }
  })
  expect(submitted).toMatchObject({ ok: true, success: true, status: 'queued', estimated_start_time: null })
  const { task_id } = submitted

  const task = await claim(node, { task_types: ['resize'], lease_seconds: 60 })
  expect(task).toMatchObject({
    task_id,
    payload: { width: 10 },
    tags: ['pictures'],
    metadata: { for: 'the site' },
    timeout: 60,
    lease_seconds: 60,
    retry_policy: { max_attempts: 2, base_s: 0.5 },
    submitter: { kind: 'local' }
  })
  const { lease_token } = task
  await node.call('task_heartbeat', {
    task_id,
    lease_token,
    progress: { fraction: 0.5, message: 'half' },
    logs: [
      { stream: 'stdout', message: 'one' },
      { message: 'two', at: '2026-01-02T03:04:05.000Z' }
    ]
  })
  expect(await node.call('task_status', { task_id, include_logs: true })).toMatchObject({
    status: 'running',
    worker_id: 'w1',
    progress: { fraction: 0.5, message: 'half' },
    logs: [
      { stream: 'stdout', message: 'one' },
      { at: '2026-01-02T03:04:05.000Z', stream: 'log', message: 'two' }
    ]
  })

  const done = { task_id, lease_token, result: { bytes: 7 } }
  expect(await node.call('task_complete', done)).toMatchObject({ status: 'completed', is_replay: false })
  expect(await node.call('task_complete', done)).toMatchObject({ status: 'completed', is_replay: true })
  expect(await node.call('task_result', { task_id })).toMatchObject({
    result: { bytes: 7 },
    output: 'one',
    error: null
  })
  expect(await node.call('worker_status', { worker_id: 'w1' })).toMatchObject({ completed_tasks: 1, running_tasks: 0 })
})

test('a wait ends with the task, and a claim with a submission: nobody asks again and again', async () => {
  await using node = await openNode()
  const claimed = claim(node, { wait_s: 300 })
  await submit(node, 'a')
  const waited = node.call('task_wait', { task_id: 'a', wait_s: 300 })
  const { lease_token } = await claimed
  await node.call('task_complete', { task_id: 'a', lease_token, result: null })
  expect(await waited).toMatchObject({ status: 'completed', is_final: true, result: null })
})

test('a wait ends with its caller, and takes no task with it', async () => {
  await using node = await openNode()
  const caller = new AbortController()
  const claiming = node.call('task_claim', { worker_id: 'w1', wait_s: 300 }, caller.signal)
  const waiting = (await submit(node, 'later', { not_before: '2999-01-01T00:00:00Z' })).task_id
  const wait = node.call('task_wait', { task_id: waiting, wait_s: 300 }, caller.signal)
  caller.abort()
  for (const ended of await Promise.all([claiming, wait]))
    expect(ended).toMatchObject({ ok: false, error: 'CANCELLED' })
  await submit(node, 'a')
  expect(await node.call('task_status', { task_id: 'a' })).toMatchObject({ status: 'queued' })
})

test('somebody who asks to cancel is heard at the next heartbeat', async () => {
  await using node = await openNode()
  await submit(node, 'a')
  const { lease_token } = await claim(node)
  await node.call('task_cancel', { task_id: 'a', reason: 'enough' })
  const beat = await node.call('task_heartbeat', { task_id: 'a', lease_token })
  expect(beat).toMatchObject({ cancel_requested: true, cancel_reason: 'enough' })
  await node.call('task_complete', { task_id: 'a', lease_token, status: 'cancelled' })
  expect(await node.call('task_wait', { task_id: 'a' })).toMatchObject({ status: 'cancelled', cancel_reason: 'enough' })
})

test('completing claims the next in the same step', async () => {
  await using node = await openNode()
  for (const id of ['a', 'b', 'c', 'd']) await submit(node, id)
  const { lease_token } = await claim(node)
  const claim_next = { worker_id: 'w1', max_tasks: 2 }
  const { tasks } = await node.call('task_complete', { task_id: 'a', lease_token, claim_next })
  expect(tasks).toMatchObject([{ task_id: 'b' }, { task_id: 'c' }])
})

test('a list pages through everything once, by cursor and by offset', async () => {
  await using node = await openNode()
  const ids = Array.from({ length: 7 }, (_, index) => `task-${index}`)
  for (const id of ids) await submit(node, id, { tags: ['x'] })
  const seen: unknown[] = []
  let page: Record<string, unknown> = {}
  do {
    const { next_cursor } = page
    page = await node.call('task_list', {
      tag_filter: ['x'],
      limit: 3,
      ...(next_cursor !== undefined && { cursor: next_cursor })
    })
    seen.push(...Object(page.tasks).map((task: object) => Reflect.get(task, 'task_id')))
  } while (page.has_more)
  expect(seen).toEqual(ids)
  expect(page.total_count).toBe(7)
  expect(await node.call('task_list', { offset: 5 })).toMatchObject({
    returned_count: 2,
    tasks: [{ task_id: 'task-5' }, {}]
  })
})

test('a payload and a result beyond 64 KiB go by their CIDs, and are whole there', async () => {
  await using node = await openNode()
  const text = 'x'.repeat(100_000)
  await submit(node, 'a', { payload: { text } })
  const { payload, payload_cid, lease_token } = await claim(node)
  expect(payload).toBeUndefined()
  const read = await node.call('ipfs_cat', { cid: `${payload_cid}/task-body.json`, length: 20 })
  expect(read).toMatchObject({ content: '{"text":"xxxxxxxxxxx' })
  await node.call('task_complete', { task_id: 'a', lease_token, result: { text } })
  expect(await node.call('task_result', { task_id: 'a' })).toMatchObject({
    truncated: true,
    result: null,
    result_cid: payload_cid
  })
})

test('unregistering with a time waits for what runs, and then takes it away', async () => {
  await using node = await openNode()
  await node.call('worker_register', { worker_id: 'w1', capabilities: ['tool.call'] })
  await submit(node, 'a')
  const { lease_token } = await claim(node)
  const left = node.call('worker_unregister', { worker_id: 'w1', timeout: 300 })
  await node.call('task_complete', { task_id: 'a', lease_token })
  expect(await left).toMatchObject({ status: 'unregistered', completed_tasks: 1, abandoned_tasks: 0 })

  await node.call('worker_register', { worker_id: 'w1', capabilities: ['tool.call'] })
  await submit(node, 'b')
  await claim(node)
  const gone = await node.call('worker_unregister', { worker_id: 'w1', timeout: 0 })
  expect(gone).toMatchObject({ status: 'unregistered', abandoned_tasks: 1 })
  expect(await node.call('task_status', { task_id: 'b' })).toMatchObject({ status: 'queued', releases: 1 })
})

test('a pause holds tasks back until the queue is resumed', async () => {
  await using node = await openNode()
  await node.call('queue_pause', { reason: 'maintenance' })
  await submit(node, 'a')
  const claimed = claim(node, { wait_s: 300 })
  expect(await node.call('queue_stats')).toMatchObject({ paused: true, pause_reason: 'maintenance', queued_count: 1 })
  await node.call('queue_resume')
  expect(await claimed).toMatchObject({ task_id: 'a' })
})

test('a page of large tasks ends where a result ends, and its cursor leads to the rest', async () => {
  await using node = await openNode()
  const metadata = { notes: 'x'.repeat(16_000) }
  const ids = Array.from({ length: 12 }, (_, index) => `task-${index}`)
  for (const id of ids) await submit(node, id, { metadata })
  const seen: unknown[] = []
  for (let cursor: unknown; ; ) {
    const page = await node.call('task_list', { limit: 1000, ...(cursor !== undefined && { cursor }) })
    expect(page).toMatchObject({ ok: true, total_count: 12 })
    expect(JSON.stringify(page).length).toBeLessThan(100_000)
    seen.push(...Object(page.tasks).map((task: object) => Reflect.get(task, 'task_id')))
    cursor = page.next_cursor
    if (!page.has_more) break
  }
  expect(seen).toEqual(ids)
})

test('the largest task and the largest worker that there can be are still shown', async () => {
  await using node = await openNode()
  const notes = { text: 'x'.repeat(16_300) }
  const capabilities = Array.from({ length: 200 }, (_, index) => `${index}`.padEnd(200, 'c'))
  for (const worker_id of ['w1', 'w2', 'w3']) {
    await node.call('worker_register', { worker_id, capabilities, resource_limits: notes, metadata: notes })
  }
  const tags = Array.from({ length: 32 }, (_, index) => `${index}`.padEnd(128, 't'))
  for (const id of ['a', 'b', 'c']) {
    await submit(node, id, { tags, metadata: notes, payload: { text: 'x'.repeat(65_000) } })
    const { lease_token } = await claim(node)
    const failure = { code: 'X', message: 'y'.repeat(4000), details: notes }
    await node.call('task_complete', { task_id: id, lease_token, status: 'failed', error: failure })
    await node.call('task_priority', { task_id: id, new_priority: 9 })
  }
  const logs = Array.from({ length: 200 }, () => ({ stream: 'stdout', message: '\u0001'.repeat(1000) }))
  const again = await claim(node, { wait_s: 60, task_id: 'a' })
  const { lease_token } = again
  await node.call('task_heartbeat', { task_id: 'a', lease_token, logs })
  for (const [tool, args] of [
    ['task_status', { task_id: 'a', include_logs: true, include_body: true, include_metrics: true }],
    ['get_task_status', { task_id: 'a', log_limit: 200, include_queue_status: true, include_system_status: true }],
    ['worker_status', { worker_id: 'w1', include_tasks: true, include_metrics: true }],
    ['queue_stats', { include_worker_stats: true, include_historical: true }],
    ['check_task_status', {}]
  ] as const) {
    expect(await node.call(tool, args), tool).toMatchObject({ ok: true })
  }
  const result = { text: 'x'.repeat(65_000) }
  await node.call('task_complete', { task_id: 'a', lease_token, result })
  for (const tool of ['task_wait', 'task_result', 'p2p_task_get', 'p2p_taskqueue_get_task']) {
    expect(await node.call(tool, { task_id: 'a' }), tool).toMatchObject({ ok: true })
  }
  expect(await node.call('task_result', { task_id: 'a', include_logs: true })).toMatchObject({ ok: true })
})

test('two hundred workers that wait keep no submission out', async () => {
  await using node = await openNode()
  const leaving = new AbortController()
  const waiting = Array.from({ length: 200 }, (_, index) =>
    node.call('task_claim', { worker_id: `w${index}`, wait_s: 300 }, leaving.signal)
  )
  expect(await submit(node, 'a')).toMatchObject({ ok: true })
  expect(await Promise.race(waiting)).toMatchObject({ ok: true, tasks: [{ task_id: 'a' }] })
  leaving.abort()
  const ended = await Promise.all(waiting)
  expect(ended.filter(({ ok }) => ok === false)).toHaveLength(199)
})
