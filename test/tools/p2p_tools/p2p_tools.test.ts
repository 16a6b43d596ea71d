/** The cache and the plain task tools, through the shipping dispatcher. */
import { expect, test } from 'vitest'
import { openNode, submit } from '../../helpers/open-node.ts'

test('what one call caches another reads, a null too, until it is deleted', async () => {
  await using node = await openNode()
  await node.call('p2p_cache_set', { key: 'a', value: null, ttl_s: null })
  await node.call('p2p_cache_set', { key: 'b', value: { n: [1] }, ttl_s: 3600 })
  expect(await node.call('p2p_cache_get', { key: 'a' })).toMatchObject({ ok: true, hit: true, value: null })
  expect(await node.call('p2p_cache_get', { key: 'b' })).toMatchObject({ hit: true, value: { n: [1] } })
  expect(await node.call('p2p_taskqueue_cache_get', { key: 'b' })).toMatchObject({ hit: true, value: { n: [1] } })
  expect(await node.call('p2p_cache_delete', { key: 'a' })).toMatchObject({ deleted: true })
  expect(await node.call('p2p_cache_has', { key: 'a' })).toMatchObject({ hit: false })
})

test('values of 1 MiB go in and come out, and what is larger is refused with the way out', async () => {
  await using node = await openNode()
  const value = 'x'.repeat(1024 * 1024 - 2)
  expect(await node.call('p2p_cache_set', { key: 'a', value })).toMatchObject({ ok: true })
  expect((await node.call('p2p_cache_get', { key: 'a' })).value).toBe(value)
  const refused = await node.call('p2p_cache_set', { key: 'a', value: `${value}x` })
  expect(refused).toMatchObject({ ok: false, error: 'TOO_LARGE', message: expect.stringContaining('ipfs_add') })
  expect((await node.call('p2p_cache_get', { key: 'a' })).value).toBe(value)
})

test.each([
  ['p2p_cache_get', { key: '' }, '/key'],
  ['p2p_cache_set', { key: 'a', value: 1, ttl_s: 'soon' }, '/ttl_s'],
  ['p2p_task_submit', { task_type: 'tool.call', payload: 'x' }, '/payload'],
  ['p2p_task_submit', { task_type: 'tool.cal', payload: {} }, '/task_type']
])('%s %j is refused', async (tool, args, path) => {
  await using node = await openNode()
  expect(await node.call(tool, args)).toMatchObject({ ok: false, error: 'INVALID_INPUT', issues: [{ path }] })
})

test('a value that is missing is no value', async () => {
  await using node = await openNode()
  expect(await node.call('p2p_cache_set', { key: 'a' })).toMatchObject({ ok: false, error: 'INVALID_INPUT' })
  expect(await node.call('p2p_cache_has', { key: 'a' })).toMatchObject({ hit: false })
})

test('a task that was submitted plainly is one of the queue; it is deleted only when it has ended', async () => {
  await using node = await openNode()
  const work = { task_type: 'tool.call', payload: { tool: 'list_datasets' }, model_name: 'm' }
  const { task_id } = await node.call('p2p_task_submit', work)
  expect(await node.call('p2p_task_get', { task_id })).toMatchObject({ ok: true, task: { ...work, status: 'queued' } })
  expect(await node.call('p2p_task_delete', { task_id })).toMatchObject({ ok: false, error: 'TASK_STATE' })
  await node.call('task_cancel', { task_id })
  expect(await node.call('p2p_task_delete', { task_id })).toMatchObject({ ok: true, deleted: true })
  expect(await node.call('p2p_task_get', { task_id })).toMatchObject({ ok: false, error: 'NOT_FOUND' })
  expect(await submit(node, String(task_id))).toMatchObject({ is_replay: false })
})
