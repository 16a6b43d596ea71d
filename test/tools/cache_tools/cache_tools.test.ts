/** The tools of the cache, through the shipping dispatcher; what one writes another reads. */
import { expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'

test('keys without a namespace are those of the peer-to-peer tools, and those of a namespace are not', async () => {
  await using node = await openNode()
  await node.call('cache_set', { key: 'a', value: 1 })
  await node.call('cache_set', { key: 'a', value: 2, namespace: 'mine' })
  expect(await node.call('p2p_cache_get', { key: 'a' })).toMatchObject({ hit: true, value: 1 })
  await node.call('p2p_cache_set', { key: 'a', value: 3 })
  expect(await node.call('cache_get', { key: 'a' })).toMatchObject({ hit: true, value: 3 })
  expect(await node.call('cache_get', { key: 'a', namespace: 'mine' })).toMatchObject({ hit: true, value: 2 })
  await node.call('cache_clear', {})
  expect(await node.call('p2p_cache_has', { key: 'a' })).toMatchObject({ hit: false })
  expect(await node.call('cache_get', { key: 'a', namespace: 'mine' })).toMatchObject({ hit: true })
})

test('the counters of the figures are what calls did', async () => {
  await using node = await openNode()
  await node.call('cache_set', { key: 'a', value: 1, namespace: 'x' })
  await node.call('cache_get', { key: 'a', namespace: 'x' })
  await node.call('cache_get', { key: 'b', namespace: 'x' })
  const figures = await node.call('cache_stats', { namespace: 'x' })
  expect(figures).toMatchObject({ entries: 1, counters: { hits: 1, misses: 1, sets: 1, hit_rate: 0.5 } })
  const report = await node.call('get_cache_stats', { format: 'markdown' })
  expect(report).toMatchObject({ entries: 1, size_bytes: figures.size_bytes })
  expect(report.report).toContain(`| x | 1 | ${figures.size_bytes} |`)
})

test('one tool for everything does what the others do', async () => {
  await using node = await openNode()
  await node.call('manage_cache', { action: 'set', key: 'k', value: null, namespace: 'n' })
  expect(await node.call('cache_get', { key: 'k', namespace: 'n' })).toMatchObject({ hit: true, value: null })
  expect(await node.call('manage_cache', { operation: 'get', key: 'k', namespace: 'n' })).toMatchObject({ hit: true })
  expect(await node.call('manage_cache', { action: 'list' })).toMatchObject({ namespaces: [{ namespace: 'n' }] })
  expect(await node.call('manage_cache', { action: 'delete', key: 'k', namespace: 'n' })).toMatchObject({ removed: 1 })
  expect(await node.call('cache_stats')).toMatchObject({ entries: 0 })
})

test('tidying that is cancelled ends as cancelled, and what was not looked at stays', async () => {
  await using node = await openNode()
  await node.call('cache_set', { key: 'a', value: 1 })
  const aborted = await node.call('optimize_cache', { max_size_mb: 0 }, AbortSignal.abort())
  expect(aborted).toMatchObject({ success: false, error: 'CANCELLED' })
  expect(await node.call('cache_stats')).toMatchObject({ entries: 1 })
})

test('an embedding that somebody overwrote with something else is none', async () => {
  await using node = await openNode()
  await node.call('cache_embeddings', { text: 't', embeddings: [1, 2] })
  expect(await node.call('get_cached_embeddings', { text: 't' })).toMatchObject({ hit: true, dimensions: 2 })
  const key = JSON.stringify(['default', 't'])
  await node.call('cache_set', { key, value: 'x', namespace: 'embeddings' })
  expect(await node.call('get_cached_embeddings', { text: 't' })).toMatchObject({ hit: false, embeddings: null })
})

test.each([
  ['cache_set', { key: '', value: 1 }, '/key'],
  ['cache_set', { key: 'a', value: 1, ttl: -1 }, '/ttl'],
  ['cache_get', { key: 'a', namespace: '' }, '/namespace'],
  ['optimize_cache', { max_size_mb: -1 }, '/max_size_mb'],
  ['optimize_cache', { strategy: 'random' }, '/strategy'],
  ['manage_cache', {}, '/action'],
  ['manage_cache', { action: 'get' }, '/key'],
  ['manage_cache', { action: 'set', key: 'a' }, '/value'],
  ['cache_embeddings', { text: 't', embeddings: [] }, '/embeddings'],
  ['cache_embeddings', { text: 't', embeddings: '{"a": 1}' }, '/embeddings']
])('%s %j is refused, and says where', async (tool, args, path) => {
  await using node = await openNode()
  expect(await node.call(tool, args)).toMatchObject({ success: false, error: 'INVALID_INPUT', issues: [{ path }] })
})
