import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableFromIPC } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { FORMATS } from '../../../src/services/datasets/api.ts'
import { openBench } from './bench.ts'

/** As text, since one integer is beyond what a number holds. */
const jsonl = [
  '{"n":1,"x":0.5,"text":"plain","day":"2024-01-31","at":"2024-01-31 10:00:00.123456","flag":true}',
  '{"n":-9007199254740993,"x":null,"text":"a,\\"b\\";\\tc\\nd é","day":null,"at":null,"flag":null}',
  '{"n":null,"x":-1e300,"text":"","day":"1969-12-31","at":"1969-12-31 23:59:59.999999","flag":false}'
].join('\n')

describe('a dataset comes back from every format as it was', () => {
  test.each(FORMATS)('%s', async format => {
    await using bench = await openBench()
    const { schema } = await bench.datasets.load(await bench.write('rows.jsonl', jsonl))
    expect(schema.map(({ type }) => type)).toEqual(['BIGINT', 'DOUBLE', 'VARCHAR', 'DATE', 'TIMESTAMP', 'BOOLEAN'])
    const saved = await bench.datasets.save('rows', `out.${format}`)
    expect(saved).toMatchObject({ path: join(bench.work, `out.${format}`), format, numRecords: 3 })
    expect(saved.sizeBytes).toBe((await readFile(saved.path)).length)
    await bench.datasets.load(`out.${format}`, { datasetId: 'back' })
    expect(await bench.datasets.diff('rows', 'back', [])).toMatchObject({ added: 0, removed: 0, unchanged: 3 })
  })
})

test('files are read by others: a bare engine, JSON.parse, the Arrow library', async () => {
  await using bench = await openBench()
  await bench.datasets.load(await bench.write('rows.jsonl', jsonl))
  for (const format of FORMATS) await bench.datasets.save('rows', `out.${format}`)
  const path = (format: string) => join(bench.work, `out.${format}`)
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  for (const reader of [
    `read_csv('${path('csv')}')`,
    `read_csv('${path('tsv')}')`,
    `read_parquet('${path('parquet')}')`
  ]) {
    const read = (await connection.runAndReadAll(`SELECT n, text FROM ${reader}`)).getRowObjectsJson()
    expect(read.map(({ n }) => n)).toEqual(['1', '-9007199254740993', null])
    expect(read[1]?.text).toBe('a,"b";\tc\nd é')
  }
  expect(JSON.parse(await readFile(path('json'), 'utf8'))).toHaveLength(3)
  expect(
    (await readFile(path('jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).x)
  ).toEqual([0.5, null, -1e300])
  const table = tableFromIPC(await readFile(path('arrow')))
  expect(table.getChild('n')?.toArray()[1]).toBe(-9007199254740993n)
  expect(table.getChild('day')?.get(2)).toBe(Date.UTC(1969, 11, 31))
})

test('an existing file is kept unless overwriting is asked for, and a failure leaves no file', async () => {
  await using bench = await openBench()
  await bench.datasets.load([{ a: 1 }], { datasetId: 'one' })
  await writeFile(join(bench.work, 'out.csv'), 'mine')
  await expect(bench.datasets.save('one', 'out.csv')).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
  expect(await readFile(join(bench.work, 'out.csv'), 'utf8')).toBe('mine')
  await bench.datasets.save('one', 'out.csv', { overwrite: true })
  expect(await readFile(join(bench.work, 'out.csv'), 'utf8')).toBe('a\n1\n')
  await expect(bench.datasets.save('one', '/etc/out.csv')).rejects.toMatchObject({ code: 'PATH_FORBIDDEN' })
  await expect(bench.datasets.save('one', 'out.xyz')).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  await expect(bench.datasets.save('none', 'other.csv')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(await readdir(bench.work)).toEqual(['out.csv'])
})

test('inline records are written without being registered, and NaN is null in JSON', async () => {
  await using bench = await openBench()
  await bench.datasets.save([{ a: 1, b: [1, { c: 2 }] }], 'in.jsonl')
  expect(JSON.parse(await readFile(join(bench.work, 'in.jsonl'), 'utf8'))).toMatchObject({ a: 1 })
  expect((await bench.datasets.list()).total).toBe(0)
  await bench.datasets.process([{ a: 1 }], [{ type: 'sql', sql: `SELECT 'nan'::DOUBLE AS x FROM dataset` }], {
    outputId: 'nan'
  })
  await bench.datasets.save('nan', 'nan.json')
  expect(JSON.parse(await readFile(join(bench.work, 'nan.json'), 'utf8'))).toEqual([{ x: null }])
})
