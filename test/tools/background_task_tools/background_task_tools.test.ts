/** Tools under earlier names: each does what it says to the one queue, seen through the tools of the queue. */
import { expect, test } from 'vitest'
import { claim, openNode, submit } from '../../helpers/open-node.ts'

const parameters = { tool: 'list_datasets', args: {} }

test('what is created is a task of the queue, by its priority word', async () => {
  await using node = await openNode()
  for (const [priority, expected] of [
    ['low', 2],
    ['normal', 5],
    ['high', 8],
    ['urgent', 10],
    [7, 7]
  ]) {
    const { task } = await node.call('manage_background_tasks', { action: 'create', parameters, priority })
    const { task_id } = Object(task)
    expect(await node.call('task_status', { task_id })).toMatchObject({ status: 'queued', priority: expected })
  }
})

test('a task is created, seen, cancelled and repeated', async () => {
  await using node = await openNode()
  await node.call('manage_background_task', { action: 'create', task_id: 'a', task_config: parameters })
  expect(await node.call('manage_background_task', { action: 'get', task_id: 'a' })).toMatchObject({
    task: { status: 'queued' }
  })
  await node.call('manage_background_task', { action: 'cancel', task_id: 'a' })
  expect(await node.call('task_status', { task_id: 'a' })).toMatchObject({ status: 'cancelled' })
  const { task } = await node.call('manage_background_tasks', { action: 'retry', task_id: 'a' })
  expect(task).toMatchObject({ status: 'queued', retry_of: 'a' })
  expect(await node.call('manage_background_task', { action: 'list', filters: { status: 'pending' } })).toMatchObject({
    total_count: 1,
    tasks: [{ retry_of: 'a' }]
  })
})

test('logs, workers and the queue are shown as they are', async () => {
  await using node = await openNode()
  await submit(node, 'a')
  const { lease_token } = await claim(node)
  const logs = ['one', 'two', 'three'].map(message => ({ message }))
  await node.call('task_heartbeat', { task_id: 'a', lease_token, logs })
  expect(
    await node.call('get_task_status', {
      task_id: 'a',
      log_limit: 2,
      include_system_status: true,
      include_queue_status: true
    })
  ).toMatchObject({
    task: { task_id: 'a', status: 'running' },
    logs: [{ message: 'two' }, { message: 'three' }],
    queue_status: { running: 1, queued: 0 },
    system_status: { active_workers: 1 }
  })
  expect(await node.call('check_task_status', { status_filter: 'running' })).toMatchObject({ total_count: 1 })
  expect(await node.call('check_task_status', { task_type: 'embedding' })).toMatchObject({ total_count: 0, tasks: [] })
})

test('the queue is paused, resumed and cleared', async () => {
  await using node = await openNode()
  await submit(node, 'a')
  expect(await node.call('manage_task_queue', { action: 'pause' })).toMatchObject({ stats: { paused: true } })
  expect(await claim(node)).toEqual({})
  expect(await node.call('manage_task_queue', { action: 'resume' })).toMatchObject({ stats: { paused: false } })
  const refused = await node.call('manage_task_queue', { action: 'clear_queue' })
  expect(refused).toMatchObject({ error: 'INVALID_INPUT', issues: [{ path: '/confirm' }] })
  expect(await node.call('task_status', { task_id: 'a' })).toMatchObject({ status: 'queued' })
  expect(await node.call('manage_task_queue', { action: 'clear_queue', confirm: true })).toMatchObject({
    cleared_count: 1
  })
  expect(await node.call('task_status', { task_id: 'a' })).toMatchObject({ status: 'cancelled' })
})

test.each([
  ['manage_background_task', { action: 'cancel' }, { error: 'INVALID_INPUT', issues: [{ path: '/task_id' }] }],
  ['manage_background_tasks', { action: 'retry' }, { error: 'INVALID_INPUT', issues: [{ path: '/task_id' }] }],
  ['manage_background_tasks', { action: 'explode' }, { error: 'INVALID_INPUT', issues: [{ path: '/action' }] }],
  [
    'manage_background_tasks',
    { action: 'create', priority: 11 },
    { error: 'INVALID_INPUT', issues: [{ path: '/priority' }] }
  ],
  [
    'manage_background_task',
    { action: 'create', task_type: 'general' },
    { error: 'INVALID_INPUT', issues: [{ path: '/task_type' }] }
  ],
  [
    'manage_task_queue',
    { action: 'set_limits', max_concurrent: 3 },
    { error: 'UNSUPPORTED', message: expect.stringContaining('worker_register') }
  ],
  ['check_task_status', { task_id: 'none' }, { error: 'NOT_FOUND' }],
  ['get_task_status', { task_id: 'none' }, { error: 'NOT_FOUND' }]
])('%s %j is refused and adds nothing', async (tool, args, expected) => {
  await using node = await openNode()
  expect(await node.call(tool, args)).toMatchObject({ ok: false, ...expected })
  expect(await node.call('task_list')).toMatchObject({ total_count: 0 })
})
