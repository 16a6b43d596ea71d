import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBench } from './bench.ts'

describe('SQL that is not one SELECT over datasets is refused', () => {
  test.each([
    `SELECT * FROM read_text('/etc/passwd')`,
    `SELECT * FROM read_csv('/etc/passwd')`,
    `SELECT * FROM '/etc/passwd'`,
    `SELECT * FROM "/etc/passwd"`,
    `SELECT * FROM read_parquet('$DATA')`,
    `SELECT * FROM parquet_metadata('$DATA')`,
    `SELECT * FROM glob('/etc/*')`,
    `SELECT * FROM duckdb_settings()`,
    `SELECT * FROM duckdb_secrets()`,
    `SELECT * FROM pragma_version()`,
    `SELECT * FROM information_schema.tables`,
    `SELECT * FROM main.dataset`,
    `SELECT * FROM pg_catalog.pg_settings`,
    `SELECT * FROM duckdb_views`,
    `SELECT * FROM sqlite_master`,
    `SELECT current_setting('temp_directory')`,
    `SELECT (SELECT getenv('HOME'))`,
    `SELECT * FROM query('SELECT 1')`,
    `SELECT * FROM query_table('dataset')`,
    `SELECT * FROM (SELECT 1 WHERE EXISTS (SELECT * FROM duckdb_columns))`,
    `WITH duckdb_tables AS (SELECT * FROM duckdb_tables) SELECT * FROM duckdb_tables`,
    `SELECT * FROM (WITH pg_class AS (SELECT 1) SELECT * FROM pg_class), pg_class`,
    `SELECT 1 FROM dataset ORDER BY (SELECT max(oid) FROM pg_class)`,
    `SELECT write_log('x')`,
    `SELECT 1; SELECT 2`,
    `SELECT 1; DROP VIEW dataset`,
    `SET threads = 8`,
    `RESET memory_limit`,
    `PRAGMA database_list`,
    `ATTACH '/tmp/x.db'`,
    `INSTALL httpfs`,
    `LOAD httpfs`,
    `COPY dataset TO '/tmp/out.csv'`,
    `EXPORT DATABASE '/tmp/x'`,
    `CREATE TABLE t AS SELECT 1`,
    `DELETE FROM dataset`,
    `EXPLAIN SELECT 1`,
    `CALL pragma_version()`,
    `SHOW TABLES`,
    `DESCRIBE dataset`,
    `SUMMARIZE dataset`,
    `SELECT * FROM (DESCRIBE dataset)`,
    `BEGIN`,
    `PREPARE x AS SELECT 1`,
    `PIVOT dataset ON a`
  ])('%s', async sql => {
    await using bench = await openBench()
    const { dataCid } = await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
    const attack = sql.replace('$DATA', join(bench.directory, 'data', `${dataCid}.parquet`))
    await expect(bench.datasets.query('one', attack)).rejects.toMatchObject({ code: 'SQL_FORBIDDEN' })
    const operations = [{ type: 'sql' as const, sql: attack }]
    await expect(bench.datasets.process('one', operations)).rejects.toMatchObject({ code: 'SQL_FORBIDDEN' })
  })

  test.each(['SELEC 1', 'SELECT missing FROM dataset', `SELECT a + 'x' FROM dataset`, 'SELECT 1) AS x, (SELECT 2', ''])(
    'SQL that does not parse, bind or run is SQL_INVALID: %s',
    async sql => {
      await using bench = await openBench()
      await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
      const error: unknown = await bench.datasets.query('one', sql).catch(error => error)
      expect(error).toMatchObject({ code: expect.stringMatching(/SQL_INVALID|SQL_FORBIDDEN/) })
      expect(String(error)).not.toContain(bench.root)
    }
  )
})

test('honest SQL runs: CTEs, recursion, windows, unnest, comments, joins over other datasets', async () => {
  await using bench = await openBench()
  await bench.datasets.load(
    [
      { k: 1, v: [1, 2] },
      { k: 2, v: [3] }
    ],
    { datasetId: 'left-side' }
  )
  await bench.datasets.load([{ k: 2, w: 'two' }], { datasetId: 'Right' })
  const rows = async (sql: string) => (await bench.datasets.query('left-side', sql)).rows
  expect(
    await rows(
      'WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT sum(x) AS s FROM n'
    )
  ).toEqual([{ s: 6 }])
  expect(await rows('SELECT unnest(v) AS x FROM dataset;\n')).toEqual([{ x: 1 }, { x: 2 }, { x: 3 }])
  expect(await rows('SELECT d.k, w FROM dataset d LEFT JOIN "right" r USING (k) ORDER BY k -- the end')).toEqual([
    { k: 1, w: null },
    { k: 2, w: 'two' }
  ])
  expect(await rows('SELECT r FROM range(2) t(r)')).toEqual([{ r: 0 }, { r: 1 }])
  expect(await rows('SELECT count(*) AS n FROM "left-side"')).toEqual([{ n: 2 }])
  expect(await rows('SELECT 1 AS a, 2 AS a, row_number() OVER () AS r FROM dataset LIMIT 1')).toEqual([
    { a: 1, a_1: 2, r: 1 }
  ])
})

test('values that JSON cannot say are said as the guide tells', async () => {
  await using bench = await openBench()
  await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
  const { rows } = await bench.datasets.query(
    'one',
    `SELECT 'nan'::DOUBLE AS nan, 'inf'::FLOAT AS inf, 12.50::DECIMAL(6,2) AS d, 170141183460469231731687303715884105727::HUGEINT AS h,
     'ab'::BLOB AS blob, TIMESTAMPTZ '2024-01-01 00:00:00+02' AS tz, TIME '10:00:00' AS t, {'x y': 1} AS s, MAP {'k': 1} AS m,
     '{"x": [1]}'::JSON AS j, 5 AS "__proto__"`
  )
  expect(JSON.parse(JSON.stringify(rows[0]))).toEqual(
    JSON.parse(
      '{"nan":null,"inf":null,"d":"12.50","h":"170141183460469231731687303715884105727","blob":"YWI=","tz":"2023-12-31T22:00:00.000Z","t":"10:00:00","s":{"x y":1},"m":[{"key":"k","value":1}],"j":{"x":[1]},"__proto__":5}'
    )
  )
})

test('pages add up to the whole, stay with their version, and a foreign cursor is refused', async () => {
  await using bench = await openBench()
  await bench.datasets.load(await bench.vega('airports.csv'))
  const sql = 'SELECT iata FROM dataset'
  const seen: unknown[] = []
  let cursor: string | undefined
  do {
    const page = await bench.datasets.query('airports', sql, { limit: 1000, cursor })
    expect(page).toMatchObject({ total: 3376, version: 1 })
    seen.push(...page.rows.map(row => row.iata))
    cursor = page.nextCursor
    if (seen.length === 1000) await bench.datasets.load([{ iata: 'new' }], { datasetId: 'airports' })
  } while (cursor !== undefined)
  expect(seen.length).toBe(3376)
  expect(new Set(seen).size).toBe(3376)

  const { nextCursor } = await bench.datasets.query('airports', sql, { version: 1, limit: 1 })
  await expect(bench.datasets.query('airports', 'SELECT 1', { cursor: nextCursor })).rejects.toMatchObject({
    code: 'INVALID_INPUT'
  })
  await expect(bench.datasets.query('airports', sql, { cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
    code: 'INVALID_INPUT'
  })
})

test('a page ends at its byte budget and says so; a single row beyond it is TOO_LARGE', async () => {
  await using bench = await openBench({ pageBytes: 1000 })
  await bench.datasets.load(
    Array.from({ length: 50 }, (_, n) => ({ n, text: 'x'.repeat(90) })),
    { datasetId: 'wide' }
  )
  const page = await bench.datasets.query('wide', 'FROM dataset')
  expect(Buffer.byteLength(JSON.stringify(page.rows))).toBeLessThanOrEqual(1002)
  expect(page.rows.length).toBeGreaterThan(5)
  expect(page).toMatchObject({ total: 50, nextCursor: expect.any(String) })
  const huge = bench.datasets.query('wide', `SELECT n, repeat('y', 5000) AS big FROM dataset`)
  await expect(huge).rejects.toMatchObject({ code: 'TOO_LARGE', message: expect.stringContaining('"big"') })
})

test('an abort interrupts the engine in the middle of a query', async () => {
  await using bench = await openBench()
  await bench.datasets.load(await bench.vega('flights-3m.parquet'))
  const controller = new AbortController()
  const sql = 'SELECT count(*) FROM dataset a, dataset b WHERE a.delay < b.delay'
  const running = bench.datasets.query('flights-3m', sql, { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 200)
  await expect(running).rejects.toThrow('enough')
  expect((await bench.datasets.query('flights-3m', 'SELECT 1 AS x')).rows).toEqual([{ x: 1 }])
})

test('a sort larger than the memory limit spills and gives the right answer', async () => {
  await using bench = await openBench({ memoryLimit: '64MiB' })
  await bench.datasets.load(await bench.vega('flights-3m.parquet'))
  const sql = 'SELECT delay FROM dataset ORDER BY delay DESC, date, origin, destination, distance'
  const { rows, total } = await bench.datasets.query(
    'flights-3m',
    `SELECT row_number() OVER () AS r, delay FROM (${sql})`,
    { limit: 1 }
  )
  const [top] = (await bench.datasets.query('flights-3m', 'SELECT max(delay) AS top FROM dataset')).rows
  expect({ rows, total }).toEqual({ rows: [{ r: 1, delay: top?.top }], total: 3_000_000 })
})

test('a damaged data file or list of versions is an error and never an invented answer', async () => {
  await using bench = await openBench()
  const { dataCid } = await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
  await writeFile(join(bench.directory, 'data', `${dataCid}.parquet`), 'rubbish')
  await expect(bench.datasets.query('one', 'FROM dataset')).rejects.toThrow()
  await writeFile(join(bench.directory, 'refs', 'one.json'), '{"versions": ')
  await expect(bench.datasets.query('one', 'FROM dataset')).rejects.toMatchObject({ code: 'BAD_DATA' })
})

test('an unknown dataset is NOT_FOUND with the nearest name, and a stopped service answers nothing', async () => {
  await using bench = await openBench()
  await bench.datasets.load([{ a: 1 }], { datasetId: 'airports' })
  await expect(bench.datasets.query('airport', 'FROM dataset')).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('"airports"')
  })
  await expect(bench.datasets.describe('airports', { version: 9 })).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await bench.datasets.stop()
  await expect(bench.datasets.list()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
})
