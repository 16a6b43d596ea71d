import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Operation } from '../../../src/services/datasets/api.ts'
import { openBench } from './bench.ts'

const people = [
  { name: 'Ada', city: 'London', age: 36 },
  { name: 'Grace', city: 'New York', age: 85 },
  { name: 'Alan', city: 'London', age: 41 },
  { name: null, city: null, age: null }
]

async function run(operations: Operation[]) {
  await using bench = await openBench()
  await bench.datasets.load(people, { datasetId: 'people' })
  await bench.datasets.load([{ city: 'London', land: 'UK' }], { datasetId: 'cities' })
  const { datasetId } = await bench.datasets.process('people', operations)
  return (await bench.datasets.query(datasetId, 'FROM dataset')).rows
}
const names = async (operations: Operation[]) => (await run(operations)).map(row => row.name)

describe('filter keeps the rows that meet the condition', () => {
  test.each([
    ['==', 'city', 'London', ['Ada', 'Alan']],
    ['!=', 'city', 'London', ['Grace']],
    ['>', 'age', 40, ['Grace', 'Alan']],
    ['<=', 'age', 41, ['Ada', 'Alan']],
    ['in', 'name', ['Ada', 'Grace'], ['Ada', 'Grace']],
    ['not in', 'name', ['Ada'], ['Grace', 'Alan']],
    ['between', 'age', [36, 41], ['Ada', 'Alan']],
    ['contains', 'city', 'ondo', ['Ada', 'Alan']],
    ['starts_with', 'name', 'A', ['Ada', 'Alan']],
    ['ends_with', 'name', 'e', ['Grace']],
    ['regex', 'name', '^A.a', ['Ada', 'Alan']],
    ['is_null', 'name', undefined, [null]],
    ['not_null', 'name', undefined, ['Ada', 'Grace', 'Alan']]
  ] as const)('%s', async (condition, column, value, expected) => {
    const operation = {
      type: 'filter',
      column,
      condition,
      value: Array.isArray(value) ? [...value] : value
    } as Operation
    expect(await names([operation])).toEqual(expected)
  })
})

test('each operation does what its name says, in the order given', async () => {
  expect(
    await names([
      { type: 'sort', column: 'age', ascending: false },
      { type: 'limit', count: 2 }
    ])
  ).toEqual(['Grace', 'Alan'])
  expect(
    await run([
      { type: 'limit', count: 1 },
      { type: 'select', columns: ['AGE', 'name'] }
    ])
  ).toEqual([{ age: 36, name: 'Ada' }])
  expect(
    await run([
      { type: 'limit', count: 1, offset: 2 },
      { type: 'rename', columns: { name: 'who' } }
    ])
  ).toEqual([{ who: 'Alan', city: 'London', age: 41 }])
  expect(
    await run([
      { type: 'select', columns: ['age'] },
      { type: 'limit', count: 1 },
      { type: 'cast', columns: { age: 'VARCHAR' } }
    ])
  ).toEqual([{ age: '36' }])
  expect(await names([{ type: 'distinct', columns: ['city'] }])).toEqual(['Ada', 'Grace', null])
  expect(
    await run([
      {
        type: 'aggregate',
        group_by: ['city'],
        aggregations: [{ function: 'count' }, { function: 'avg', column: 'age', as: 'mean' }]
      }
    ])
  ).toEqual([
    { city: 'London', count: 2, mean: 38.5 },
    { city: 'New York', count: 1, mean: 85 },
    { city: null, count: 1, mean: null }
  ])
  expect(
    await run([
      { type: 'join', right: 'cities', on: ['city'] },
      { type: 'select', columns: ['name', 'land'] }
    ])
  ).toEqual([
    { name: 'Ada', land: 'UK' },
    { name: 'Alan', land: 'UK' }
  ])
  expect(await names([{ type: 'join', right: 'cities', on: ['city'], how: 'anti' }])).toEqual(['Grace', null])
  expect(await run([{ type: 'sql', sql: 'SELECT count(*) AS n FROM dataset JOIN cities USING (city)' }])).toEqual([
    { n: 2 }
  ])
  const sampled = await names([{ type: 'sample', fraction: 0.5, seed: 3 }])
  expect(sampled).toHaveLength(2)
  expect(await names([{ type: 'sample', n: 2, seed: 3 }])).toEqual(sampled)
})

test('hostile names and values are only names and values', async () => {
  await using bench = await openBench()
  const hostile = [`a"; DROP VIEW dataset; --`, `b' OR 1=1 --`, 'select', '__row', '💥 x', '"', 'a.b', '*']
  const row = Object.fromEntries(hostile.map(name => [name, name]))
  await bench.datasets.load([row, Object.fromEntries(hostile.map(name => [name, 'other']))], { datasetId: 'hostile' })
  for (const name of hostile) {
    const operations: Operation[] = [
      { type: 'filter', column: name, condition: '==', value: name },
      { type: 'sort', column: name },
      { type: 'distinct', columns: [name] },
      { type: 'sample', n: 1 },
      { type: 'aggregate', group_by: [name], aggregations: [{ function: 'max', column: name, as: `max ${name}` }] }
    ]
    const { datasetId } = await bench.datasets.process('hostile', operations)
    expect((await bench.datasets.query(datasetId, 'FROM dataset')).rows).toEqual([
      { [name]: name, [`max ${name}`]: name }
    ])
  }
  const described = await bench.datasets.describe('hostile')
  expect(described.columns.map(column => column.name)).toEqual(hostile)
})

test('an unknown column, a bad type or a bad value is INVALID_INPUT with its path, and nothing is registered', async () => {
  await using bench = await openBench()
  await bench.datasets.load(people, { datasetId: 'people' })
  const refused = async (operation: Operation, match: object) =>
    expect(
      bench.datasets.process('people', [{ type: 'limit', count: 3 }, operation], { outputId: 'out' })
    ).rejects.toMatchObject(match)
  await refused(
    { type: 'sort', column: 'agee' },
    { code: 'INVALID_INPUT', issues: [{ path: '/operations/1/column', suggestion: 'age' }] }
  )
  await refused({ type: 'cast', columns: { age: 'INTEGER; DROP' } }, { code: 'INVALID_INPUT' })
  await refused({ type: 'cast', columns: { city: 'BIGINT' } }, { code: 'BAD_DATA' })
  await refused({ type: 'filter', column: 'age', condition: 'between', value: [1] }, { code: 'INVALID_INPUT' })
  await refused({ type: 'filter', column: 'age', condition: '==' }, { code: 'INVALID_INPUT' })
  await refused({ type: 'sample' }, { code: 'INVALID_INPUT' })
  await refused({ type: 'join', right: 'nobody', on: ['city'] }, { code: 'NOT_FOUND' })
  await refused({ type: 'sql', sql: 'SELECT nope FROM dataset' }, { code: 'SQL_INVALID' })
  expect((await bench.datasets.list()).datasets.map(({ datasetId }) => datasetId)).toEqual(['people'])
})

test('describe gives the figures that the values have', async () => {
  await using bench = await openBench()
  await bench.datasets.load(people, { datasetId: 'people' })
  const { columns } = await bench.datasets.describe('people')
  expect(columns[2]).toMatchObject({
    name: 'age',
    type: 'BIGINT',
    nulls: 1,
    approxDistinct: 3,
    min: 36,
    max: 85,
    mean: 54
  })
  expect(columns[2]?.stddev).toBeCloseTo(26.9629, 3)
  expect(columns[1]).toMatchObject({ nulls: 1, min: 'London', max: 'New York', mean: null, nullable: true })
})

test('a split puts every row in exactly one part, the same for the same seed', async () => {
  await using bench = await openBench()
  await bench.datasets.load(await bench.vega('airports.csv'))
  const parts = await bench.datasets.split('airports', { train: 0.7, check: 0.2, test: 0.1 }, 5)
  expect(parts.map(({ datasetId, numRecords }) => [datasetId, numRecords])).toEqual([
    ['airports_train', 2363],
    ['airports_check', 675],
    ['airports_test', 338]
  ])
  const union = 'SELECT * FROM airports_train UNION ALL FROM airports_check UNION ALL FROM airports_test'
  const { rows } = await bench.datasets.query(
    'airports',
    `SELECT count(*) AS n FROM (FROM dataset EXCEPT ALL (${union}))`
  )
  expect(rows).toEqual([{ n: 0 }])
  const again = await bench.datasets.split('airports', { train: 0.7, check: 0.2, test: 0.1 }, 5)
  expect(again.map(part => part.dataCid.toString())).toEqual(parts.map(part => part.dataCid.toString()))
  const other = await bench.datasets.split('airports', { train: 0.7, check: 0.2, test: 0.1 }, 6)
  expect(other[0]?.dataCid.toString()).not.toBe(parts[0]?.dataCid.toString())
  await expect(bench.datasets.split('airports', { a: 0.5, b: 0.6 }, 1)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('a difference counts and shows what was added, removed and changed; nulls equal nulls', async () => {
  await using bench = await openBench()
  const { datasets } = bench
  await datasets.load(
    [
      { k: 1, v: 'a' },
      { k: 2, v: null },
      { k: null, v: 'n' },
      { k: 4, v: 'd' }
    ],
    { datasetId: 'old' }
  )
  await datasets.load(
    [
      { k: 1, v: 'b' },
      { k: 2, v: null },
      { k: null, v: 'n' },
      { k: 5, v: 'e' }
    ],
    { datasetId: 'new' }
  )
  expect(await datasets.diff('old', 'new', ['k'])).toMatchObject({
    added: 1,
    removed: 1,
    changed: 1,
    unchanged: 2,
    truncated: false,
    samples: {
      added: [{ k: 5, v: 'e' }],
      removed: [{ k: 4, v: 'd' }],
      changed: [{ k: 1, left: { v: 'a' }, right: { v: 'b' } }]
    }
  })
  expect(await datasets.diff('old', 'new', [])).toMatchObject({ added: 2, removed: 2, changed: 0, unchanged: 2 })
  await datasets.load([{ k: 1 }, { k: 1 }], { datasetId: 'twice' })
  await expect(datasets.diff('old', 'twice', ['k'])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(datasets.diff('old', 'twice', [])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  await expect(datasets.diff('old', 'new', ['kk'])).rejects.toMatchObject({
    issues: [{ path: '/keys/0', suggestion: 'k' }]
  })
})

test('a published version is a complete directory whose data is the data, under the same CID each time', async () => {
  await using bench = await openBench()
  await bench.datasets.load(await bench.vega('airports.csv'))
  const made = await bench.datasets.process('airports', [{ type: 'limit', count: 10 }], { outputId: 'ten' })
  const first = await bench.datasets.publish('ten')
  await bench.restart()
  const second = await bench.datasets.publish('ten')
  expect(second.cid.toString()).toBe(first.cid.toString())
  expect(first.dataCid.toString()).toBe(made.dataCid.toString())

  const read = async (name: string) => Buffer.concat(await Array.fromAsync(bench.blocks.cat(first.cid, [name])))
  const stored = await readFile(join(bench.directory, 'data', `${made.dataCid}.parquet`))
  expect(Buffer.compare(await read('data.parquet'), stored)).toBe(0)
  expect(JSON.parse((await read('dataset.json')).toString())).toMatchObject({
    dataset_id: 'ten',
    num_records: 10,
    version_cid: made.cid.toString()
  })
  expect(JSON.parse((await read('lineage.json')).toString()).versions).toMatchObject([
    { dataset_id: 'ten', operation: 'process', parameters: { operations: [{ type: 'limit', count: 10 }] } },
    {
      dataset_id: 'airports',
      operation: 'load',
      inputs: [{ source: 'airports.csv', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]
    }
  ])
  await bench.blocks.gc()
  expect((await bench.blocks.stat(first.cid)).isComplete).toBe(true)
})
