/** Queries in several threads, whose pages must fit together all the same. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { QueryOptions, Row } from '../../../src/services/datasets/api.ts'
import { runOf } from '../../../src/services/datasets/plan.ts'
import { openBench } from './bench.ts'

type Bench = Awaited<ReturnType<typeof openBench>>

/** Files of work in progress; the directories of engines that stay open for a while are empty. */
async function scratchFiles({ directory }: Bench): Promise<string[]> {
  const entries = await readdir(join(directory, 'scratch'), { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(({ name }) => name)
}

/** Every page of a query, each asked for by the cursor of the one before. */
async function pages({ datasets }: Bench, id: string, sql: string, options: QueryOptions = {}): Promise<Row[][]> {
  const found: Row[][] = []
  let cursor: string | undefined
  do {
    const page = await datasets.query(id, sql, { ...options, cursor })
    found.push(page.rows)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return found
}

describe('a plan says how it is run', () => {
  test.each([
    ['parallel', ['READ_PARQUET']],
    ['parallel', ['PROJECTION', 'FILTER', 'READ_PARQUET']],
    ['whole', ['PROJECTION', 'HASH_GROUP_BY', 'READ_PARQUET']],
    ['whole', ['UNGROUPED_AGGREGATE', 'PROJECTION', 'several']],
    ['whole', ['STREAMING_LIMIT', 'PROJECTION', 'ORDER_BY', 'READ_PARQUET']],
    ['whole', ['TOP_N', 'READ_PARQUET']],
    ['serial', ['PROJECTION', 'ORDER_BY', 'READ_PARQUET']],
    ['serial', ['PROJECTION', 'HASH_JOIN', 'several']],
    ['serial', ['AN_OPERATOR_OF_A_LATER_ENGINE', 'READ_PARQUET']]
  ] as const)('%s: %s', (run, operators) => {
    expect(runOf(operators)).toBe(run)
  })
})

describe('pages of a query in four threads', () => {
  test('of a scan are those of one thread', async () => {
    await using bench = await openBench({ queryThreads: 4 })
    await using alone = await openBench({ queryThreads: 1 })
    for (const { datasets, vega } of [bench, alone]) await datasets.load(await vega('flights-3m.parquet'))
    const sql = 'SELECT date, delay, distance FROM dataset WHERE delay > 1000'
    const found = await pages(bench, 'flights-3m', sql, { limit: 30 })
    expect(found.length).toBeGreaterThan(2)
    expect(found).toEqual(await pages(alone, 'flights-3m', sql, { limit: 30 }))
  })

  test('of groups add up to all groups, each once', async () => {
    await using bench = await openBench({ queryThreads: 4 })
    await bench.datasets.load(await bench.vega('flights-3m.parquet'))
    const sql = 'SELECT origin, destination, count(*) AS n FROM dataset GROUP BY ALL'
    const rows = (await pages(bench, 'flights-3m', sql, { limit: 700 })).flat()
    const routes = new Set(rows.map(({ origin, destination }) => `${origin} ${destination}`))
    expect(rows.length).toBeGreaterThan(1400)
    expect(routes.size).toBe(rows.length)
    expect(rows.reduce((sum, { n }) => sum + Number(n), 0)).toBe(3_000_000)
  })
})

test.each([
  ['FROM dataset ORDER BY a DESC', 300],
  ['SELECT a, a AS b FROM dataset WHERE a >= 100 ORDER BY ALL -- the end', 200],
  ['SELECT a FROM dataset UNION ALL SELECT a FROM dataset ORDER BY a', 600],
  ['SELECT 9007199254740993 AS big FROM dataset WHERE a + 9007199254740992 > 9007199254740993 ORDER BY a', 298],
  ['SELECT * FROM (FROM dataset ORDER BY a LIMIT 150) ORDER BY a DESC', 150],
  ['SELECT DISTINCT ON (a % 120) a FROM dataset ORDER BY a', 120]
])('a sorted query is counted in full: %s', async (sql, total) => {
  await using bench = await openBench()
  await bench.datasets.load(
    Array.from({ length: 300 }, (_, a) => ({ a })),
    { datasetId: 'numbers' }
  )
  expect(await bench.datasets.query('numbers', sql, { limit: 100 })).toMatchObject({ total })
})

describe('a result that has more pages', () => {
  const random = 'SELECT x, random() AS r FROM (SELECT range AS x FROM range(5)) GROUP BY x ORDER BY r'

  test('is computed once: a page asked for again is the same', async () => {
    await using bench = await openBench()
    await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
    const first = await bench.datasets.query('one', random, { limit: 2 })
    const next = () => bench.datasets.query('one', random, { limit: 3, cursor: first.nextCursor })
    const second = await next()
    expect(second).toEqual(await next())
    expect(second).toMatchObject({ total: 5, nextCursor: undefined, schema: first.schema })
    expect([...first.rows, ...second.rows].map(({ x }) => x).sort()).toEqual([0, 1, 2, 3, 4])
  })

  test('keeps values, types and hostile names as they are on the first page', async () => {
    await using bench = await openBench()
    await bench.datasets.load([{ a: 1 }], { datasetId: 'result' })
    await bench.datasets.load([{ a: 1 }], { datasetId: 'kept' })
    const sql = `SELECT x AS "a ""b", x AS "a ""b", sum(170141183460469231731687303715884105720::HUGEINT) AS h, '{"x": [1]}'::JSON AS j,
      {'k': TIMESTAMP '2024-01-01'} AS s, 'ab'::BLOB AS blob, 12.50::DECIMAL(6,2) AS d, NULL AS nothing, 5 AS "__proto__"
      FROM (SELECT range AS x FROM range(4)), result, kept GROUP BY x ORDER BY x -- the end`
    const whole = await bench.datasets.query('result', sql)
    expect(whole).toMatchObject({ total: 4, nextCursor: undefined })
    expect((await pages(bench, 'result', sql, { limit: 1 })).flat()).toEqual(whole.rows)
    expect((await bench.datasets.query('result', sql, { limit: 1 })).schema).toEqual(whole.schema)
  })

  test('goes with the process, and its cursor is refused then', async () => {
    await using bench = await openBench()
    await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
    const { nextCursor } = await bench.datasets.query('one', random, { limit: 2 })
    await bench.restart()
    expect(await readdir(join(bench.directory, 'scratch'))).toEqual([])
    await expect(bench.datasets.query('one', random, { cursor: nextCursor })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: '/cursor', message: expect.stringContaining('begin again') }]
    })
  })

  test('makes room for others: sixteen are kept, the oldest goes', async () => {
    await using bench = await openBench()
    await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
    const cursors: (string | undefined)[] = []
    for (let count = 0; count < 17; count++) {
      cursors.push((await bench.datasets.query('one', random, { limit: 2 })).nextCursor)
    }
    expect((await scratchFiles(bench)).length).toBe(16)
    const [oldest, second] = cursors
    await expect(bench.datasets.query('one', random, { cursor: oldest })).rejects.toMatchObject({
      code: 'INVALID_INPUT'
    })
    expect((await bench.datasets.query('one', random, { cursor: second })).rows.length).toBe(3)
  })

  test('too large to be kept is paged through all the same, also after a restart', async () => {
    await using bench = await openBench({ queryThreads: 4 })
    await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
    const sql = 'SELECT range AS x FROM range(150000) GROUP BY x'
    const first = await bench.datasets.query('one', sql, { limit: 1000 })
    expect(first.total).toBe(150_000)
    await bench.restart()
    const second = await bench.datasets.query('one', sql, { limit: 1000, cursor: first.nextCursor })
    expect(new Set([...first.rows, ...second.rows].map(({ x }) => x)).size).toBe(2000)
    expect(await scratchFiles(bench)).toEqual([])
  })

  test('and that was aborted leaves nothing behind', async () => {
    await using bench = await openBench()
    await bench.datasets.load(await bench.vega('flights-3m.parquet'))
    const controller = new AbortController()
    const sql = 'SELECT a.delay, count(*) AS n FROM dataset a, dataset b WHERE a.delay < b.delay GROUP BY a.delay'
    const running = bench.datasets.query('flights-3m', sql, { limit: 1, signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 200)
    await expect(running).rejects.toThrow('enough')
    expect(await scratchFiles(bench)).toEqual([])
  })
})
