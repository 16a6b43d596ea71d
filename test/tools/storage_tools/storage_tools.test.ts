/** Stored objects through the shipping dispatcher. */
import { expect, test } from 'vitest'
import { openNode } from '../../helpers/open-node.ts'

test('what is stored is found, read back by its id and by its CID, and survives the collection of garbage', async () => {
  await using node = await openNode()
  await node.call('manage_collections', { action: 'create', collection_name: 'papers' })
  const stored = await node.call('store_data', { data: 'hello', collection: 'papers', tags: ['a'], metadata: { n: 1 } })
  expect(await node.call('ipfs_gc')).toMatchObject({ removed_blocks: 0 })
  const found = await node.call('query_storage', { collection: 'papers', metadata: { n: 1 } })
  expect(found).toMatchObject({ total: 1, items: [{ item_id: stored.item_id }] })
  const read = await node.call('retrieve_data', { item_ids: [stored.item_id], include_content: true })
  expect(read).toMatchObject({ items: [{ content: 'hello', content_truncated: false }], missing: [] })
  expect(await node.call('ipfs_cat', { cid: stored.cid })).toMatchObject({ content: 'hello' })
  await node.call('manage_collections', { action: 'delete', collection_name: 'papers', delete_items: true })
  expect(await node.call('retrieve_data', { item_ids: [stored.item_id] })).toMatchObject({
    items: [],
    missing: [stored.item_id]
  })
  expect(await node.call('ipfs_list_pins')).toMatchObject({ total: 0 })
})

test('every kind of content comes back as it was asked for', async () => {
  await using node = await openNode()
  const read = async (data: unknown, more: object, how: object) => {
    const { item_id } = await node.call('store_data', { data, ...more })
    const { items } = await node.call('retrieve_data', { item_ids: [item_id], include_content: true, ...how })
    return Array.isArray(items) ? [items[0].content, items[0].content_encoding, items[0].content_truncated] : []
  }
  expect(await read({ a: [1] }, { compression: 'gzip' }, {})).toEqual([{ a: [1] }, 'json', false])
  expect(await read({ a: [1] }, {}, { format_type: 'text' })).toEqual(['{"a":[1]}', 'utf-8', false])
  expect(await read('/wD+', { encoding: 'base64' }, {})).toEqual(['/wD+', 'base64', false])
  expect(await read('ä', {}, { format_type: 'base64' })).toEqual(['w6Q=', 'base64', false])
  const [content, , isCut] = await read('ä'.repeat(100_000), {}, {})
  expect([String(content).length, isCut]).toEqual([32_768, true])
})

test('pages of objects follow each other by their cursor, however much metadata they have', async () => {
  await using node = await openNode()
  const metadata = { text: 'x'.repeat(30_000) }
  for (let at = 0; at < 7; at++) await node.call('store_data', { data: `${at}`, metadata })
  const seen: unknown[] = []
  let cursor: unknown
  do {
    const page = await node.call('query_storage', { limit: 5, ...(cursor !== undefined && { cursor }) })
    expect(page).toMatchObject({ success: true, total: 7, truncated: true })
    seen.push(...(Array.isArray(page.items) ? page.items.map(item => item.item_id) : []))
    cursor = page.next_cursor
  } while (cursor !== undefined)
  expect(new Set(seen).size).toBe(7)
  expect(seen).toHaveLength(7)
})

test.each([
  ['store_data', { data: 'x', collection: '../up' }, 'INVALID_INPUT'],
  ['store_data', { data: 'no base64!', encoding: 'base64' }, 'INVALID_INPUT'],
  ['store_data', { data: 'x', metadata: { a: 'x'.repeat(70_000) } }, 'INVALID_INPUT'],
  ['store_data', { data: 'x', compression: 'zip' }, 'INVALID_INPUT'],
  ['store_data', { data: 'x', collection: 'defaul' }, 'NOT_FOUND'],
  ['query_storage', { cursor: 'zzz' }, 'INVALID_INPUT'],
  ['query_storage', { date_range: ['yesterday', 'today'] }, 'INVALID_INPUT'],
  ['manage_collections', { action: 'create' }, 'INVALID_INPUT'],
  ['manage_collections', { action: 'get', collection_name: 'none' }, 'NOT_FOUND'],
  ['manage_collections', { action: 'create', collection_name: 'default' }, 'ALREADY_EXISTS'],
  ['manage_collections', { action: 'delete', collection_name: 'default' }, 'INVALID_INPUT'],
  ['manage_collections', { action: 'delete_item', item_id: 'x' }, 'NOT_FOUND']
])('%s %j is %s', async (tool, args, error) => {
  await using node = await openNode()
  expect(await node.call(tool, args)).toMatchObject({ success: false, error })
})
