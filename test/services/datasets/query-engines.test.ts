/** Engines stay open from one query to the next, and nothing of a query stays with them. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBench } from './bench.ts'

type Bench = Awaited<ReturnType<typeof openBench>>

const openEngines = ({ directory }: Bench) => readdir(join(directory, 'scratch'))

async function openWithNumbers(): Promise<Bench> {
  const bench = await openBench({ queryThreads: 4 })
  const rows = Array.from({ length: 50 }, (_, a) => ({ a }))
  for (const datasetId of ['left', 'right']) await bench.datasets.load(rows, { datasetId })
  return bench
}

test('queries over the same files use the same engines, and those over others their own', async () => {
  await using bench = await openWithNumbers()
  const first = await bench.datasets.query('left', 'SELECT sum(a) AS s FROM dataset')
  const engines = await openEngines(bench)
  expect(await bench.datasets.query('left', 'SELECT sum(a) AS s FROM dataset')).toEqual(first)
  expect(await openEngines(bench)).toEqual(engines)
  const joined = 'SELECT count(*) AS n FROM dataset JOIN "right" USING (a)'
  expect((await bench.datasets.query('left', joined)).rows).toEqual([{ n: 50 }])
  expect((await openEngines(bench)).length).toBe(engines.length + 1)
})

test('an engine that is open to one dataset answers for no other', async () => {
  await using bench = await openWithNumbers()
  await bench.datasets.query('left', 'FROM dataset')
  await bench.datasets.load([{ a: 'new' }], { datasetId: 'left' })
  expect((await bench.datasets.query('left', 'FROM dataset')).rows).toEqual([{ a: 'new' }])
  expect((await bench.datasets.query('left', 'FROM dataset', { version: 1 })).total).toBe(50)
  await expect(bench.datasets.query('left', 'FROM _result')).rejects.toMatchObject({ code: 'SQL_FORBIDDEN' })
})

test('many queries at once get an engine each, and few of these stay', async () => {
  await using bench = await openWithNumbers()
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      bench.datasets.query(n % 2 ? 'left' : 'right', `SELECT a + ${n} AS b FROM dataset ORDER BY a LIMIT 7`, {
        limit: 5
      })
    )
  )
  answers.forEach(({ rows, total }, n) => {
    expect(rows.map(({ b }) => b)).toEqual([0, 1, 2, 3, 4].map(a => a + n))
    expect(total).toBe(7)
  })
  const results = answers.length
  await expect.poll(async () => (await openEngines(bench)).length - results).toBeLessThanOrEqual(3)
})

test('one that failed is not used again, and a stop closes all', async () => {
  await using bench = await openWithNumbers()
  await bench.datasets.query('left', 'FROM dataset')
  const before = await openEngines(bench)
  await expect(bench.datasets.query('left', `SELECT error('no') FROM dataset`)).rejects.toMatchObject({
    code: 'SQL_INVALID'
  })
  expect((await openEngines(bench)).length).toBe(before.length - 1)
  expect((await bench.datasets.query('left', 'FROM dataset')).total).toBe(50)
  await bench.datasets.stop()
  expect(await openEngines(bench)).toEqual([])
  await bench.datasets.start()
})
