import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compareContracts, type Verdict } from '../../../src/protocol/contracts/compare.ts'
import type { Contract } from '../../../src/protocol/contracts/contract.ts'
import { contract } from './fixtures.ts'

type Row = [claim: string, before: z.ZodType, after: z.ZodType, verdict: Verdict]
const text = z.string().max(10)

describe('a parameter', () => {
  const rows: Row[] = [
    ['that takes shorter text breaks', text, z.string().max(9), 'breaking'],
    ['that takes longer text does not', text, z.string().max(11), 'compatible'],
    ['with a higher minimum breaks', z.int().min(1).max(9), z.int().min(2).max(9), 'breaking'],
    ['with a lower minimum does not', z.int().min(1).max(9), z.int().min(0).max(9), 'compatible'],
    ['with a bound it had not breaks', z.string(), text, 'breaking'],
    ['that loses a bound does not', text, z.string(), 'compatible'],
    ['of another type breaks', text, z.boolean(), 'breaking'],
    ['that takes integers only breaks', z.number(), z.int(), 'breaking'],
    ['that takes every number does not', z.int(), z.number(), 'compatible'],
    ['that loses a value breaks', z.enum(['a', 'b']), z.enum(['a']), 'breaking'],
    ['that gains a value does not', z.enum(['a']), z.enum(['a', 'b']), 'compatible'],
    ['that exchanges a value breaks', z.enum(['a', 'b']), z.enum(['a', 'c']), 'breaking'],
    ['that gets a pattern breaks', text, text.regex(/^a/), 'breaking'],
    ['that loses a pattern does not', text.regex(/^a/), text, 'compatible'],
    ['whose pattern changes breaks', text.regex(/^a/), text.regex(/^b/), 'breaking'],
    ['that becomes required breaks', text.optional(), text, 'breaking'],
    ['that becomes optional does not', text, text.optional(), 'compatible'],
    ['whose default changes breaks', z.int().default(1), z.int().default(2), 'breaking'],
    ['that loses its default breaks', z.int().default(1), z.int(), 'breaking'],
    ['that gets a default does not', z.int(), z.int().default(1), 'compatible'],
    ['that loses an alternative breaks', z.union([text, z.boolean()]), text, 'breaking'],
    ['that gains an alternative does not', text, z.union([text, z.boolean()]), 'compatible'],
    [
      'of which an alternative narrows breaks',
      z.union([text, z.null()]),
      z.union([z.string().max(2), z.null()]),
      'breaking'
    ],
    ['whose items narrow breaks', z.array(text), z.array(z.string().max(2)), 'breaking'],
    ['that takes fewer items breaks', z.array(text).max(4), z.array(text).max(3), 'breaking'],
    ['described in other words does not', text.describe('a'), text.describe('b'), 'words-only'],
    ['that stays is the same', text, text, 'same']
  ]
  test.each(rows)('%s', (_claim, before, after, verdict) => {
    const comparison = compareContracts(contract({ p: before }), contract({ p: after }))
    expect(comparison.verdict).toBe(verdict)
    if (verdict !== 'same') expect(comparison.changes[0]?.path).toMatch(/^\/input\/p/)
  })
})

describe('parameters', () => {
  test('a new required one breaks, a new optional one does not', () => {
    expect(compareContracts(contract(), contract({ p: text })).verdict).toBe('breaking')
    expect(compareContracts(contract(), contract({ p: text.optional() })).verdict).toBe('compatible')
  })

  test('one that is gone breaks, and its likely new name is told', () => {
    const { verdict, changes } = compareContracts(contract({ file: text }), contract({ path: text }))
    expect(verdict).toBe('breaking')
    expect(changes[0]).toMatchObject({ path: '/input/file', what: expect.stringContaining('renamed to "path"') })
  })

  test('an object that closes breaks, one that opens does not', () => {
    const [open, closed] = [{ p: z.looseObject({}) }, { p: z.strictObject({}) }]
    expect(compareContracts(contract(open), contract(closed)).verdict).toBe('breaking')
    expect(compareContracts(contract(closed), contract(open)).verdict).toBe('compatible')
  })

  test('a member that gets a schema in an open object breaks those who gave it another', () => {
    const change = [{ p: z.looseObject({}) }, { p: z.looseObject({ q: text.optional() }) }] as const
    expect(compareContracts(contract(change[0]), contract(change[1])).verdict).toBe('breaking')
  })

  test('the alternatives of an operation are matched by their constant, so only the changed one is named', () => {
    const filter = z.strictObject({ op: z.literal('filter'), column: text })
    const sort = (field: z.ZodRawShape) => z.strictObject({ op: z.literal('sort'), ...field })
    const { verdict, changes } = compareContracts(
      contract({ step: z.discriminatedUnion('op', [filter, sort({ by: text })]) }),
      contract({ step: z.discriminatedUnion('op', [sort({ by: text, down: z.boolean().optional() }), filter]) })
    )
    expect(verdict).toBe('compatible')
    expect(changes).toHaveLength(1)
    expect(changes[0]?.path).toBe('/input/step/(object, op: "sort")/down')
  })
})

describe('a result', () => {
  const rows: Row[] = [
    ['member that may hold more breaks', z.int().max(5), z.int().max(6), 'breaking'],
    ['member that holds less does not', z.int().max(6), z.int().max(5), 'compatible'],
    ['member that may be null breaks', text, text.nullable(), 'breaking'],
    ['member that may be missing breaks', text, text.optional(), 'breaking'],
    ['member that is always there does not', text.optional(), text, 'compatible'],
    ['with a further value of an enumeration breaks', z.enum(['a']), z.enum(['a', 'b']), 'breaking']
  ]
  test.each(rows)('%s', (_claim, before, after, verdict) => {
    expect(compareContracts(contract({}, { m: before }), contract({}, { m: after })).verdict).toBe(verdict)
  })

  test('that loses a member breaks, one that gains a member does not', () => {
    expect(compareContracts(contract({}, { m: text }), contract()).verdict).toBe('breaking')
    expect(compareContracts(contract(), contract({}, { m: text })).verdict).toBe('compatible')
  })
})

describe('the rest of a contract', () => {
  const rows: [string, Partial<Contract>, Partial<Contract>, Verdict][] = [
    ['another name breaks', {}, { name: 'rows_count' }, 'breaking'],
    ['other words do not', {}, { description: 'Counts the rows.' }, 'words-only'],
    ['a stronger effect breaks', {}, { effect: 'create' }, 'breaking'],
    ['a milder effect does not', { effect: 'delete' }, { effect: 'create' }, 'compatible'],
    ['an effect on the outside breaks', { effect: 'delete' }, { effect: 'external' }, 'breaking'],
    [
      'an effect that leaves the outside for a deletion breaks',
      { effect: 'external' },
      { effect: 'delete' },
      'breaking'
    ],
    ['another ability breaks', {}, { ability: 'dataset/query' }, 'breaking'],
    ['a further error breaks', {}, { errors: ['BAD_DATA', 'NOT_FOUND'] }, 'breaking'],
    ['an error less does not', {}, { errors: [] }, 'compatible']
  ]
  test.each(rows)('%s', (_claim, before, after, verdict) => {
    expect(compareContracts(contract({}, {}, before), contract({}, {}, after)).verdict).toBe(verdict)
  })

  test('a tool that is gone breaks, a new one does not', () => {
    expect(compareContracts(contract(), undefined).verdict).toBe('breaking')
    expect(compareContracts(undefined, contract()).verdict).toBe('compatible')
  })

  test('the worst change decides, and all are told', () => {
    const { verdict, changes } = compareContracts(
      contract({ p: text }),
      contract({ p: text.describe('new words') }, {}, { description: 'New.', ability: 'x/y' })
    )
    expect(verdict).toBe('breaking')
    expect(changes.map(change => change.verdict).sort()).toEqual(['breaking', 'words-only', 'words-only'])
  })

  test('a keyword that the comparison does not know is never taken for harmless', () => {
    const before = contract()
    const after = { ...before, inputSchema: { ...before.inputSchema, dependentRequired: { a: ['b'] } } }
    expect(compareContracts(before, after).verdict).toBe('breaking')
    expect(compareContracts(after, before).verdict).toBe('breaking')
  })
})
