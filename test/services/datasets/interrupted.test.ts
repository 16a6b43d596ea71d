/** A version that does not reach the list of its dataset leaves nothing: at every step of registering it, failed or killed. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cidOf } from '../../../src/core/cid.ts'
import { systemRandom } from '../../../src/core/random.ts'
import type { Blocks } from '../../../src/services/blocks/api.ts'
import { createBlocks } from '../../../src/services/blocks/index.ts'
import { createStore, type NewVersion, type Store } from '../../../src/services/datasets/store.ts'

let root: string
let blocks: Blocks
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interrupted-'))
  blocks = createBlocks({ directory: join(root, 'blocks') })
  await blocks.start()
})
afterEach(async () => {
  await blocks.stop()
  await rm(root, { recursive: true, force: true })
})

const data = new TextEncoder().encode('stands for a Parquet file')
const dataCid = cidOf(data)
const making: NewVersion = {
  created_at: '2026-01-01T00:00:00.000Z',
  inputs: [],
  operation: 'load',
  parameters: {},
  engine: { name: 'duckdb', version: '1' },
  data: { cid: { '/': dataCid.toString() }, format: 'parquet', size_bytes: data.length },
  schema: [],
  num_records: 0
}

async function openStore(over: Blocks = blocks): Promise<Store> {
  const store = createStore(join(root, 'datasets'), over, systemRandom)
  await store.open()
  return store
}

async function append(store: Store, id: string) {
  const path = join(root, `${id}.parquet`)
  await writeFile(path, data)
  return store.append(id, path, dataCid, making)
}

const dataFiles = () => readdir(join(root, 'datasets/data'))
const pins = async () => (await blocks.listPins()).total

describe.each(['dagPut', 'pin'] as const)('when %s', step => {
  test('fails, nothing is left and the next attempt succeeds', async () => {
    const failing: Blocks = { ...blocks, [step]: () => Promise.reject(new Error('broken')) }
    await expect(append(await openStore(failing), 'a')).rejects.toThrow('broken')
    expect([await dataFiles(), await pins()]).toEqual([[], 0])
    expect(await append(await openStore(), 'a')).toMatchObject({ version: 1 })
    expect([await dataFiles(), await pins()]).toEqual([[`${dataCid}.parquet`], 1])
  })

  test('never returns because the process is killed, the next start leaves nothing', async () => {
    let reached = () => {}
    const isThere = new Promise<void>(resolve => {
      reached = resolve
    })
    const dying: Blocks = {
      ...blocks,
      [step]: () => {
        reached()
        return new Promise(() => {})
      }
    }
    void append(await openStore(dying), 'a')
    await isThere
    const store = await openStore()
    expect(await store.ids()).toEqual([])
    expect([await dataFiles(), await pins()]).toEqual([[], 0])
  })
})

test('what an earlier version shares with the failed one stays', async () => {
  await append(await openStore(), 'a')
  const failing: Blocks = { ...blocks, pin: () => Promise.reject(new Error('broken')) }
  await expect(append(await openStore(failing), 'b')).rejects.toThrow('broken')
  const store = await openStore()
  expect(await store.ids()).toEqual(['a'])
  expect([await dataFiles(), await pins()]).toEqual([[`${dataCid}.parquet`], 1])
})

test('a version that did reach its list is kept, whatever was left beside it', async () => {
  const store = await openStore()
  const { cid } = await append(store, 'a')
  const pending = { dataset_id: 'a', record: cid.toString(), data: dataCid.toString(), is_new_data: true }
  await writeFile(join(root, 'datasets/pending.json'), JSON.stringify(pending))
  expect((await (await openStore()).find('a')).version).toBe(1)
  await writeFile(join(root, 'datasets/pending.json'), '{"dataset_id":"a","rec')
  expect((await (await openStore()).find('a')).version).toBe(1)
  expect([await dataFiles(), await pins()]).toEqual([[`${dataCid}.parquet`], 1])
})
