import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { partSizes } from '../../../src/domain/tabular/split.ts'
import { columnIn, identifier, literal } from '../../../src/domain/tabular/sql-text.ts'

const connection = await (await DuckDBInstance.create(':memory:')).connect()

test('any text is one identifier and one literal for the engine, and comes back as it was', async () => {
  const text = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter(value => !value.includes('\0') && value.isWellFormed())
  await fc.assert(
    fc.asyncProperty(text, text, async (name, value) => {
      const reader = await connection.runAndReadAll(`SELECT ${literal(value)} AS ${identifier(name)}`)
      expect(reader.columnNames()).toEqual([name])
      expect(reader.getRows()).toEqual([[value]])
    })
  )
})

test('any number is the same number for the engine', async () => {
  await fc.assert(
    fc.asyncProperty(fc.double({ noNaN: true, noDefaultInfinity: true }), async value => {
      const rows = (await connection.runAndReadAll(`SELECT ${literal(value)}::DOUBLE AS x`)).getRows()
      expect(rows[0]?.[0]).toBe(value + 0)
    })
  )
  expect(() => literal(Number.NaN)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  expect(() => identifier('a\0b')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
})

test('a column is found in its own spelling first, then without regard to case', () => {
  const schema = ['Name', 'name'].map(name => ({ name, type: 'VARCHAR', nullable: false }))
  expect(columnIn(schema, 'name', '/x')).toBe('"name"')
  expect(columnIn(schema, 'NAME', '/x')).toBe('"Name"')
  expect(() => columnIn(schema, 'nme', '/x')).toThrow(
    expect.objectContaining({ issues: [expect.objectContaining({ path: '/x' })] })
  )
})

test('parts cover all rows without overlap, whatever the ratios', () => {
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 2, maxLength: 6 })
  fc.assert(
    fc.property(weights, fc.nat(10_000), (weights, rows) => {
      const sum = weights.reduce((a, b) => a + b)
      const parts = partSizes(Object.fromEntries(weights.map((weight, at) => [`p${at}`, weight / sum])), rows)
      expect(parts[0]?.start).toBe(0)
      expect(parts.at(-1)?.end).toBe(rows)
      parts.slice(1).forEach((part, at) => {
        expect(part.start).toBe(parts[at]?.end)
      })
    })
  )
})
