import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scanCsv } from '../../../src/domain/tabular/csv-scan.ts'

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
const scan = (text: string | Uint8Array, options = {}, size = 1 << 20) =>
  scanCsv(chunks(Buffer.from(text), size), options)

test('whatever is written by the rules is counted exactly, however it is cut into chunks', async () => {
  const field = fc.string({ unit: 'grapheme' }).map(text => text.replaceAll('\0', ''))
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain(width => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }))
  const style = fc.record({
    delimiter: fc.constantFrom(',', '\t', ';', '|'),
    end: fc.constantFrom('\n', '\r\n'),
    size: fc.integer({ min: 1, max: 9 })
  })
  await fc.assert(
    fc.asyncProperty(table, style, async (rows, { delimiter, end, size }) => {
      const text = rows.map(row => row.map(cell => `"${cell.replaceAll('"', '""')}"`).join(delimiter) + end).join('')
      const shape = await scan(text, { delimiter, header: true }, size)
      expect(shape.records).toBe(rows.length - 1)
      expect(shape.columns).toHaveLength(rows[0]?.length ?? 0)
    })
  )
})

describe('the delimiter is the one by which records agree', () => {
  test.each([
    ['a,b\n1,2\n', ','],
    ['a;b\n1,5;2\n2,5;3\n', ';'],
    ['a\tb c, d\n1\t2\n', '\t'],
    ['a|b\n1|2\n', '|'],
    ['"x,y";z\n"1,2";3\n', ';'],
    ['one\ntwo\n', ',']
  ])('%j', async (text, delimiter) => {
    expect(await scan(text)).toMatchObject({ delimiter })
  })
})

test('names are filled in and told apart; a first record of numbers is data', async () => {
  expect((await scan('a,,A,a\n1,2,3,4\n')).columns).toEqual(['a', 'column_2', 'A_1', 'a_2'])
  expect(await scan('1,2\n3,4\n')).toMatchObject({ hasHeader: false, records: 2, columns: ['column_1', 'column_2'] })
  expect(await scan('1,2\n3,4\n', { header: true })).toMatchObject({ hasHeader: true, records: 1, columns: ['1', '2'] })
})

describe('faults are refused with their lines', () => {
  test.each([
    ['a,b\n1\n', /line 2: expected 2 fields, found 1/],
    ['a,b\n"1\n2",3\n4,5,6\n', /line 4: expected 2 fields, found 3/],
    ['a,b\n1,"x"y\n', /line 2: text after a closing quote/],
    ['a,b\n1,"x\n', /line 2: a quoted field that is never closed/],
    ['a,b\r1,2\n', /line 1: a carriage return/],
    ['a,b\n1,\0\n', /U\+0000/],
    ['', /empty/]
  ])('%j', async (text, message) => {
    await expect(scan(text)).rejects.toMatchObject({ code: 'BAD_DATA', message: expect.stringMatching(message) })
  })

  test('at most ten are listed, all are counted', async () => {
    const text = `a,b\n${'1\n'.repeat(25)}`
    const error = await scan(text).catch(error => error)
    expect(error.message).toContain('25 bad record(s)')
    expect(error.details.faults).toHaveLength(10)
    expect(error.details.faults[9]).toMatchObject({ line: 11 })
  })

  test.each([1, 2, 3, 7, 1000])('bad UTF-8 names its line in chunks of %i bytes, and good UTF-8 passes', async size => {
    const good = Buffer.from('näme,😀\nx,ü€\n')
    expect(await scan(good, {}, size)).toMatchObject({ columns: ['näme', '😀'], records: 1 })
    const bad = Buffer.concat([good, Buffer.from([0x61, 0xff, 0x2c, 0x0a])])
    await expect(scan(bad, {}, size)).rejects.toMatchObject({ code: 'BAD_DATA', details: { line: 3 } })
    const cut = Buffer.concat([good, Buffer.from([0x61, 0x2c, 0xe2, 0x82])])
    await expect(scan(cut, {}, size)).rejects.toMatchObject({ code: 'BAD_DATA', details: { line: 3 } })
  })
})
