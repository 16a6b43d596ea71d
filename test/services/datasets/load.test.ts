import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { openBench } from './bench.ts'

/** Rows of a file as a bare engine sees them. */
async function bare(sql: string) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  return (await connection.runAndReadAll(sql)).getRowObjectsJson()
}

describe('real files', () => {
  test.each([
    ['airports.csv', 3376, `SELECT count(*)::INT AS n FROM read_csv('$')`],
    ['unemployment.tsv', 3218, `SELECT count(*)::INT AS n FROM read_csv('$', delim = '\t')`],
    ['cars.json', 406, `SELECT count(*)::INT AS n FROM read_json('$')`],
    ['flights-3m.parquet', 3_000_000, `SELECT count(*)::INT AS n FROM read_parquet('$')`]
  ])('%s is loaded with every row that another reader finds', async (name, rows, sql) => {
    await using bench = await openBench()
    const version = await bench.datasets.load(await bench.vega(name))
    expect(version.numRecords).toBe(rows)
    expect(await bare(sql.replace('$', join(bench.work, name)))).toEqual([{ n: rows }])
    const stored = join(bench.directory, 'data', `${version.dataCid}.parquet`)
    expect(await bare(`SELECT count(*)::INT AS n FROM read_parquet('${stored}')`)).toEqual([{ n: rows }])
  })

  test('an Arrow file keeps its types and values', async () => {
    await using bench = await openBench()
    const version = await bench.datasets.load(await bench.vega('flights-200k.arrow'))
    expect(version.schema.map(({ type }) => type)).toEqual(['SMALLINT', 'SMALLINT', 'FLOAT'])
    const expected: { delay: number }[] = JSON.parse(
      await readFile(join(bench.work, await bench.vega('flights-200k.json')), 'utf8')
    )
    const page = await bench.datasets.query('flights-200k', 'SELECT sum(delay) AS d, count(*) AS n FROM dataset')
    expect(page.rows).toEqual([{ d: expected.reduce((sum, { delay }) => sum + delay, 0), n: expected.length }])
  })
})

test('the same bytes give the same data CID, which is the one that the blocks service gives', async () => {
  await using bench = await openBench()
  const first = await bench.datasets.load(await bench.vega('flights-3m.parquet'))
  const second = await bench.datasets.load('flights-3m.parquet', { datasetId: 'again' })
  expect(second.dataCid.toString()).toBe(first.dataCid.toString())
  const bytes = await readFile(join(bench.directory, 'data', `${first.dataCid}.parquet`))
  expect((await bench.blocks.addFile([bytes])).cid.toString()).toBe(first.dataCid.toString())
})

test('what JSON says comes back as it was: nulls, nesting, large integers, quotes', async () => {
  await using bench = await openBench()
  const rows = [
    {
      id: 1,
      text: `it's "quoted", ä 😀\n`,
      list: [1, 2],
      inner: { a: null, b: [true] },
      big: 9007199254740993n.toString(),
      when: '2024-02-29'
    },
    { id: 2, text: '', list: [], inner: { a: 'x', b: null }, big: null, when: null }
  ]
  await bench.datasets.load(rows, { datasetId: 'rows' })
  expect((await bench.datasets.query('rows', 'SELECT * FROM dataset')).rows).toEqual(rows)
})

test('codes with leading zeros stay text, and integers beyond 2^53 are texts in results', async () => {
  await using bench = await openBench()
  const { schema } = await bench.datasets.load(
    await bench.write(
      'z.csv',
      'zip,n,f,d,t,b\n01234,9007199254740993,0.5,2024-01-31,2024-01-31 10:00:00,true\n99999,1,1e3,2024-02-01,2024-02-01T11:30:00,false\n'
    )
  )
  expect(schema.map(({ type }) => type)).toEqual(['VARCHAR', 'BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'BOOLEAN'])
  expect((await bench.datasets.query('z', 'FROM dataset')).rows).toEqual([
    { zip: '01234', n: '9007199254740993', f: 0.5, d: '2024-01-31', t: '2024-01-31T10:00:00', b: true },
    { zip: '99999', n: 1, f: 1000, d: '2024-02-01', t: '2024-02-01T11:30:00', b: false }
  ])
})

test('integers of both signs and sums stay exact integers; what 64 bits do not hold is a decimal', async () => {
  await using bench = await openBench()
  await bench.write(
    'signs.jsonl',
    '{"n":1,"l":[1,-1]}\n{"n":-9007199254740993,"l":[]}\n{"n":9223372036854775807,"l":null}\n'
  )
  const { schema } = await bench.datasets.load('signs.jsonl')
  expect(schema.map(({ type }) => type)).toEqual(['BIGINT', 'BIGINT[]'])
  const sql = 'SELECT min(n)::HUGEINT AS low, sum(n) + sum(n) AS big FROM dataset'
  const sums = await bench.datasets.process('signs', [{ type: 'sql', sql }])
  expect(sums.schema.map(({ type }) => type)).toEqual(['BIGINT', 'DECIMAL(38,0)'])
  const { rows } = await bench.datasets.query(sums.datasetId, 'FROM dataset')
  expect(rows).toEqual([{ low: '-9007199254740993', big: '18428729675200069630' }])
})

test('wide rows are written in small groups, since a writer holds a whole one', async () => {
  await using bench = await openBench()
  const lines = (width: number) =>
    Array.from({ length: 3000 }, (_, id) => `${JSON.stringify({ id, text: 'x'.repeat(width) })}\n`)
  const sources = [
    await bench.write('wide.jsonl', lines(9_000).join('')),
    await bench.write('a.jsonl', lines(9).join(''))
  ]
  const groupsOf = async (source: string, options: { datasetId?: string } = {}) => {
    const { dataCid } = await bench.datasets.load(source, options)
    const path = join(bench.directory, 'data', `${dataCid}.parquet`)
    const groups = await bare(
      `SELECT DISTINCT row_group_id, row_group_num_rows::INT AS n FROM parquet_metadata('${path}')`
    )
    return groups.map(({ n }) => Number(n)).sort((a, b) => b - a)
  }
  // The engine writes whole vectors of 2,048 rows.
  expect(await groupsOf(sources[0] ?? '')).toEqual([2048, 952])
  expect(await groupsOf(sources[1] ?? '')).toEqual([3000])
  const filter = { type: 'filter', column: 'id', condition: '>=', value: 0 } as const
  await bench.datasets.process('wide', [filter], { outputId: 'kept' })
  expect(await groupsOf('kept', { datasetId: 'copy' })).toEqual([2048, 952])
})

test('a URL, a CID and a dataset are sources as well', async () => {
  await using bench = await openBench()
  const server = createServer((_request, response) => response.end('{"a":1}\n{"a":2}\n'))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const fetched = await bench.datasets.load(`http://127.0.0.1:${port}/some/numbers.jsonl`)
  server.close()
  expect(fetched).toMatchObject({ datasetId: 'numbers', numRecords: 2 })

  const { cid } = await bench.blocks.addFile([Buffer.from('a,b\n1,2\n')])
  expect(await bench.datasets.load(`ipfs://${cid}`, { datasetId: 'by_cid' })).toMatchObject({ numRecords: 1 })
  const copy = await bench.datasets.load('by_cid')
  expect(copy.datasetId).not.toBe('by_cid')
  expect((await bench.datasets.lineage(copy.datasetId)).nodes[1]).toMatchObject({
    datasetId: 'by_cid',
    inputs: [{ cid: cid.toString() }]
  })
})

describe('bad data is refused by name, and nothing is registered', () => {
  test.each([
    [
      'ragged.csv',
      'a,b\n1,2\n3\n4,5,6\n',
      'BAD_DATA',
      /line 3: expected 2 fields, found 1; line 4: expected 2 fields, found 3/
    ],
    ['three.csv', 'a,b,c\n1,2\n', 'BAD_DATA', /line 2/],
    ['latin1.csv', Buffer.from('name\nok\nJos\xe9\n', 'latin1'), 'BAD_DATA', /Line 3 is not valid UTF-8/],
    ['utf16.csv', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 'BAD_DATA', /UTF-8/],
    ['open.csv', 'a,b\n1,"never closed\n2,3\n', 'BAD_DATA', /line 2: a quoted field that is never closed/],
    ['empty.csv', '', 'BAD_DATA', /empty/],
    ['cut.json', '[{"a":1},{"a":', 'BAD_DATA', /Malformed|JSON/],
    ['scalars.json', '[1,2,3]', 'BAD_DATA', /must hold objects/],
    ['none.json', '[]', 'BAD_DATA', /must hold objects/],
    ['cut.jsonl', '{"a":1}\n{"a":\n', 'BAD_DATA', /Malformed/],
    ['fake.parquet', 'PAR1 this is not parquet', 'BAD_DATA', /./],
    ['fake.arrow', 'ARROW1\0\0 cut', 'BAD_DATA', /cut short/],
    ['image.bin', Buffer.from([0x89, 0x50, 0, 1, 2]), 'UNSUPPORTED', /csv/]
  ])('%s', async (name, content, code, message) => {
    await using bench = await openBench()
    await bench.write(name, content)
    await expect(bench.datasets.load(name)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    expect(await bench.datasets.list()).toMatchObject({ datasets: [], total: 0 })
    expect(await readdir(join(bench.directory, 'data'))).toEqual([])
    expect(await readdir(join(bench.directory, 'scratch'))).toEqual([])
  })

  test.each(['flights-3m.parquet', 'flights-200k.arrow'])('%s cut in the middle', async name => {
    await using bench = await openBench()
    const whole = await readFile(join(bench.work, await bench.vega(name)))
    await bench.write(`cut-${name}`, whole.subarray(0, whole.length >> 1))
    await expect(bench.datasets.load(`cut-${name}`)).rejects.toMatchObject({ code: 'BAD_DATA' })
    expect((await bench.datasets.list()).total).toBe(0)
  })

  test.each([
    ['missing.csv', 'NOT_FOUND'],
    ['../outside.csv', /PATH_FORBIDDEN|NOT_FOUND/],
    ['/etc/passwd', 'PATH_FORBIDDEN'],
    ['https://user:pw@example.com/x.csv', 'URL_FORBIDDEN'],
    ['ipfs://nonsense', 'INVALID_CID']
  ])('the source %s', async (source, code) => {
    await using bench = await openBench()
    await expect(bench.datasets.load(source)).rejects.toMatchObject({ code: expect.stringMatching(code) })
  })
})

test('header-only text is a dataset without rows; blank lines, CRLF, a byte order mark and mixed line ends lose nothing', async () => {
  await using bench = await openBench()
  expect(await bench.datasets.load(await bench.write('none.csv', 'a,b\n'))).toMatchObject({ numRecords: 0 })
  await bench.write('odd.csv', '\ufeffa;b\r\n1;"x;\r\ny"\r\n\r\n2;z\n3;')
  await bench.datasets.load('odd.csv')
  expect((await bench.datasets.query('odd', 'FROM dataset')).rows).toEqual([
    { a: 1, b: 'x;\r\ny' },
    { a: 2, b: 'z' },
    { a: 3, b: null }
  ])
  await bench.write('bare.csv', '1,2\n3,4\n')
  expect(await bench.datasets.load('bare.csv')).toMatchObject({
    numRecords: 2,
    schema: [{ name: 'column_1' }, { name: 'column_2' }]
  })
})

test('concurrent loads to one id each become a version, and all survive a restart', async () => {
  await using bench = await openBench()
  const loads = Array.from({ length: 5 }, (_, n) => bench.datasets.load([{ n }], { datasetId: 'same' }))
  const versions = (await Promise.all(loads)).map(({ version }) => version)
  expect(versions.sort()).toEqual([1, 2, 3, 4, 5])
  await bench.restart()
  const { nodes } = await bench.datasets.lineage('same')
  expect(nodes.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1])
  for (let version = 1; version <= 5; version++) {
    expect((await bench.datasets.query('same', 'FROM dataset', { version })).total).toBe(1)
  }
  expect((await bench.blocks.gc()).removedBlocks).toBe(0)
})

test('an abort ends a load with its reason and leaves nothing', async () => {
  await using bench = await openBench()
  const controller = new AbortController()
  const loading = bench.datasets.load(await bench.vega('flights-3m.parquet'), { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('the caller left')), 60)
  await expect(loading).rejects.toThrow('the caller left')
  expect((await bench.datasets.list()).total).toBe(0)
  expect(await readdir(join(bench.directory, 'scratch'))).toEqual([])
})

test('ids that SQL could not tell apart are refused', async () => {
  await using bench = await openBench()
  await bench.datasets.load([{ a: 1 }], { datasetId: 'Cars' })
  await expect(bench.datasets.load([{ a: 1 }], { datasetId: 'cars' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  await expect(bench.datasets.load([{ a: 1 }], { datasetId: 'dataset' })).rejects.toMatchObject({
    code: 'INVALID_INPUT'
  })
  await expect(bench.datasets.load([{ a: 1 }], { datasetId: '../x' })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})
