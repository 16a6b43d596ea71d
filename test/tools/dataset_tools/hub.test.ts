/** Datasets from the Hugging Face hub, by a server of this test that speaks its API. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type HubFaults, type HubRepository, serveHub } from '../../helpers/hub-server.ts'
import { openNode } from '../../helpers/open-node.ts'
import { LOCAL_WEB } from '../../helpers/web-server.ts'

const TOKEN = 'hf_secretsecretsecret'

async function parquetOf(rows: object[]): Promise<Buffer> {
  await using node = await openNode()
  await node.call('save_dataset', { dataset_data: { data: rows }, destination: 'x.parquet' })
  return await readFile(join(node.cwd, 'x.parquet'))
}

async function open(
  repositories: Record<string, HubRepository>,
  faults: HubFaults = {},
  env: Record<string, string> = {}
) {
  const hub = await serveHub(repositories, faults)
  const node = await openNode({ ...LOCAL_WEB, IPFS_DATASETS_MCP_HUB__ENDPOINT: hub.url, ...env })
  return {
    ...node,
    hub,
    load: (source: string, options: object = {}, signal?: AbortSignal) =>
      node.call('load_dataset', { source, options }, signal),
    async [Symbol.asyncDispose]() {
      await node[Symbol.asyncDispose]()
      hub[Symbol.dispose]()
    }
  }
}

const train = await parquetOf(Array.from({ length: 300 }, (_, id) => ({ id, text: `first ${id}` })))
const train2 = await parquetOf(Array.from({ length: 200 }, (_, at) => ({ id: 300 + at, text: `second ${at}` })))
const held = await parquetOf([{ id: 1, text: 'held out' }])
const SEA = {
  'README.md': '# Sea',
  '.gitattributes': '*',
  'data/train-00000-of-00002.parquet': train,
  'data/train-00001-of-00002.parquet': train2,
  'data/test-00000-of-00001.parquet': held,
  'dataset_infos.json': '{}'
}
const sea: Record<string, HubRepository> = { 'ada/sea': { revisions: { main: SEA, 'v1/old': { 'a.csv': 'id\n1\n' } } } }

test('the Parquet of a split is found over the pages of the list, loaded whole, and recorded with its commit and hashes', async () => {
  await using node = await open(sea)
  const loaded = await node.load('hf://datasets/ada/sea', { split: 'train' })
  expect(loaded).toMatchObject({ success: true, dataset_id: 'sea_train', num_records: 500, num_columns: 2 })
  const sql = 'SELECT count(DISTINCT id) AS n, min(id) AS first, max(id) AS last FROM dataset'
  expect(await node.call('query_dataset', { dataset_id: 'sea_train', sql })).toMatchObject({
    rows: [{ n: 500, first: 0, last: 499 }]
  })
  const lineage = JSON.stringify(await node.call('dataset_lineage', { dataset_id: 'sea_train' }))
  expect(lineage).toMatch(/hf:\/\/datasets\/ada\/sea@[0-9a-f]{40}\/data\/train-00000-of-00002\.parquet/)
  const lists = node.hub.asked.filter(({ url }) => url.includes('/tree/'))
  expect(lists.length).toBe(3)
})

test.each([
  ['hf://datasets/ada/sea/data/test-00000-of-00001.parquet', 1],
  ['hf://datasets/ada/sea/data/train-*.parquet', 500],
  ['hf://datasets/ada/sea/**/*.parquet', 501],
  ['hf://datasets/ada/sea@v1%2Fold', 1]
])('%s gives %i rows', async (source, rows) => {
  await using node = await open(sea)
  expect(await node.load(source)).toMatchObject({ success: true, num_records: rows })
})

test('where it is open which part is meant, the parts are named', async () => {
  await using node = await open(sea)
  expect(await node.load('hf://datasets/ada/sea')).toMatchObject({
    error: 'INVALID_INPUT',
    details: { available: ['default/train', 'default/test'] }
  })
  expect(await node.load('hf://datasets/ada/sea', { split: 'validation' })).toMatchObject({
    error: 'NOT_FOUND',
    details: { available: ['default/train', 'default/test'] }
  })
})

test('a repository without data of its own is read as the Parquet that the hub made of it, subset by subset', async () => {
  const revisions = {
    main: { 'loader.py': 'print()' },
    'refs/convert/parquet': { 'en/train/0000.parquet': train, 'de/train/0000.parquet': train2 }
  }
  await using node = await open({ 'ada/script': { revisions } })
  expect(await node.load('hf://datasets/ada/script', { config: 'de' })).toMatchObject({ num_records: 200 })
  expect(await node.load('hf://datasets/ada/script@~parquet/en/train')).toMatchObject({ num_records: 300 })
  expect(await node.load('hf://datasets/ada/script')).toMatchObject({ error: 'NOT_FOUND' })
})

test('CSV in several files becomes one table, and other tools take the same addresses', async () => {
  await using node = await open({
    'ada/csv': { revisions: { main: { 'a.csv': 'id,x\n1,a\n', 'b.csv': 'id,x\n2,b\n' } } }
  })
  expect(await node.load('hf://datasets/ada/csv')).toMatchObject({ num_records: 2 })
  const saved = await node.call('process_dataset', {
    dataset_source: 'hf://datasets/ada/csv/a.csv',
    operations: [{ type: 'limit', count: 1 }]
  })
  expect(saved).toMatchObject({ success: true, num_records: 1 })
})

describe('the token', () => {
  const gated = { 'ada/gated': { token: TOKEN, revisions: { main: { 'train.parquet': train } } } }

  test('goes to the hub, not to the host of its files, and into no answer', async () => {
    await using node = await open(gated, {}, { HF_TOKEN: TOKEN })
    const answers = [
      await node.load('hf://datasets/ada/gated'),
      await node.call('dataset_lineage', { dataset_id: 'gated' })
    ]
    expect(answers[0]).toMatchObject({ success: true, num_records: 300 })
    expect(JSON.stringify(answers)).not.toContain(TOKEN)
    const { asked } = node.hub
    expect(asked.filter(({ host }) => host === 'hub').every(({ token }) => token === `Bearer ${TOKEN}`)).toBe(true)
    expect(asked.filter(({ host }) => host === 'files').map(({ token }) => token)).toEqual([undefined])
  })

  test('is asked for where it is missing', async () => {
    await using node = await open(gated)
    const answer = await node.load('hf://datasets/ada/gated')
    expect(answer).toMatchObject({ error: 'FETCH_FAILED', details: { status: 401 } })
    expect(answer.message).toMatch(/HF_TOKEN/)
  })

  test('is not sent after a list that goes on elsewhere', async () => {
    await using other = await open({})
    await using node = await open(sea, { nextPage: other.hub.url }, { HF_TOKEN: TOKEN })
    expect(await node.load('hf://datasets/ada/sea', { split: 'test' })).toMatchObject({ error: 'FETCH_FAILED' })
    expect(other.hub.asked).toEqual([])
  })
})

describe('on the way', () => {
  const one = { 'ada/one': { revisions: { main: { 'train.parquet': train } } } }

  test('a download that breaks off goes on where it was', async () => {
    await using node = await open(one, { breakAfter: 300, times: 2 })
    expect(await node.load('hf://datasets/ada/one')).toMatchObject({ success: true, num_records: 300 })
    const ranges = node.hub.asked.filter(({ host }) => host === 'files').map(({ range }) => range)
    expect(ranges).toEqual([undefined, 'bytes=300-', 'bytes=600-'])
  })

  test.each<[string, HubFaults, string]>([
    ['one that breaks off again and again is given up', { breakAfter: 100, times: 99 }, 'FETCH_FAILED'],
    ['a host that cannot go on is told', { breakAfter: 300, ignoresRanges: true }, 'FETCH_FAILED'],
    [
      'a file with another hash is refused',
      { forge: bytes => Buffer.from(bytes.map((byte, at) => (at === 50 ? byte ^ 1 : byte))) },
      'BAD_DATA'
    ],
    [
      'a file that is longer than it should be is refused',
      { forge: bytes => Buffer.concat([bytes, bytes]) },
      'TOO_LARGE'
    ],
    ['a file that is shorter is refused', { forge: bytes => bytes.subarray(0, 500) }, 'FETCH_FAILED']
  ])('%s, and nothing is registered', async (_name, faults, code) => {
    await using node = await open(one, faults)
    expect(await node.load('hf://datasets/ada/one')).toMatchObject({ success: false, error: code })
    expect(await node.call('list_datasets')).toMatchObject({ total: 0 })
  })

  test('a load that is cancelled registers nothing', async () => {
    await using node = await open(one, { breakAfter: 10, times: 1e9 })
    const controller = new AbortController()
    const call = node.load('hf://datasets/ada/one', {}, controller.signal)
    setTimeout(() => controller.abort(), 30)
    expect(await call).toMatchObject({ success: false })
    expect(await node.call('list_datasets')).toMatchObject({ total: 0 })
  })
})

test.each([
  ['hf://datasets/', 'INVALID_INPUT'],
  ['hf://models/ada/sea', 'INVALID_INPUT'],
  ['hf://datasets/ada/../sea', 'INVALID_INPUT'],
  ['hf://datasets/ada/sea/../../x', 'INVALID_INPUT'],
  ['hf://datasets/ada/sea@nowhere', 'NOT_FOUND'],
  ['hf://datasets/ada/sea/none.parquet', 'NOT_FOUND'],
  ['hf://datasets/ada/none', 'FETCH_FAILED'],
  [`hf://datasets/ada/sea/${'**/'.repeat(3)}x`, 'INVALID_INPUT']
])('%s is %s', async (source, code) => {
  await using node = await open(sea)
  expect(await node.load(source)).toMatchObject({ success: false, error: code })
})
