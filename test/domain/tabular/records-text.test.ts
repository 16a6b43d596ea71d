import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ItemPage, pageOf } from '../../../src/domain/tabular/record-page.ts'
import { readText, TEXT_FORMATS, type TextFormat, writeText } from '../../../src/domain/tabular/records-text.ts'

const names = ['id', 'a name', 'ünï"code,', 'x;y']
const values = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter(text => !/[\0\r]/.test(text)),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('007', '1.50', 'true', '', ' x ', 'a\nb', '"', '1e5')
)
const records = fc
  .array(fc.tuple(values, values, values, values), { minLength: 1 })
  .map(rows => rows.map(row => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null]))))

describe('records as text', () => {
  test.each<TextFormat>(['json', 'jsonl', 'yaml'])('come back from %s as they went in', async format => {
    await fc.assert(
      fc.asyncProperty(records, async given => {
        expect(await readText(await writeText(given, format), format)).toEqual(given)
      }),
      { numRuns: 50 }
    )
  })

  test.each<TextFormat>(['csv', 'tsv'])('come back from %s with every field as the text that it was', async format => {
    const text = (value: unknown) => (value === null ? null : String(value))
    const texts = (rows: object[]) => rows.map(row => Object.values(row).map(text))
    await fc.assert(
      fc.asyncProperty(records, async given => {
        const back = await readText(await writeText(given, format), format, { header: true })
        expect(texts(back as object[])).toEqual(texts(given))
      }),
      { numRuns: 200 }
    )
  })

  test('only fields whose text gives back the value become numbers or booleans', async () => {
    const csv = 'a,b,c,d,e,f\n007,1.50,12,true,"5",\n'
    expect(await readText(csv, 'csv')).toEqual([{ a: '007', b: '1.50', c: 12, d: true, e: '5', f: null }])
    expect(await readText(csv, 'csv', { inferTypes: false })).toMatchObject([{ c: '12', d: 'true' }])
  })

  test.each<[TextFormat, string, string]>([
    ['json', '{"a": 1,}', 'BAD_DATA'],
    ['jsonl', '{"a": 1}\n{"a": \n', 'BAD_DATA'],
    ['csv', 'a,b\n1,2\n3\n', 'BAD_DATA'],
    ['csv', 'a,b\n"1,2\n', 'BAD_DATA'],
    ['yaml', 'a: [1', 'BAD_DATA'],
    ['json', `${'['.repeat(500)}${']'.repeat(500)}`, 'TOO_LARGE'],
    ['yaml', `a: &a [x]\n${Array.from({ length: 300 }, (_, at) => `b${at}: *a`).join('\n')}`, 'BAD_DATA']
  ])('%s that is broken is refused: %j', async (format, text, code) => {
    await expect(readText(text, format)).rejects.toMatchObject({ code })
  })

  test('of every format are named', () => {
    expect(TEXT_FORMATS).toEqual(['json', 'jsonl', 'csv', 'tsv', 'yaml'])
  })
})

test('pages of items are within their budget and put together are the whole', () => {
  const all = Array.from({ length: 100 }, (_, at) => 'x'.repeat(at))
  const seen: string[] = []
  let first: number | undefined = 0
  while (first !== undefined) {
    const page: ItemPage<string> = pageOf(all, first, 50, 300)
    expect(page.items.length === 1 || JSON.stringify(page.items).length <= 302).toBe(true)
    seen.push(...page.items)
    first = page.next
  }
  expect(seen).toEqual(all)
})
