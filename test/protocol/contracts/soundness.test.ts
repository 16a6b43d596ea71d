/** The comparison is held against what the schemas really take: it may cry wolf, but never stay silent. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { compareContracts } from '../../../src/protocol/contracts/compare.ts'
import { contract } from './fixtures.ts'

const bound = fc.integer({ min: 0, max: 3 })
const range = fc.tuple(bound, bound).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
const flag = fc.boolean()

/** A schema and what became of it: alike in shape, with bounds, values and members that may differ. */
type Pair = readonly [before: z.ZodType, after: z.ZodType]

/** Twice the same kind of thing, or now and then twice the same thing. */
function twice<T>(one: fc.Arbitrary<T>, make: (value: T) => z.ZodType): fc.Arbitrary<Pair> {
  return fc.tuple(one, one, flag).map(([a, b, isSame]) => [make(a), make(isSame ? a : b)])
}

function pairs(openness: fc.Arbitrary<boolean>): fc.Arbitrary<Pair> {
  return fc.letrec<{ pair: Pair; leaf: Pair }>(tie => ({
    pair: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc.tuple(tie('leaf'), tie('leaf')).map(([[a], [b]]) => [a, b] as const),
      fc.tuple(tie('pair'), range, range).map(([[a, b], [low, high], [min, max]]) => {
        return [z.array(a).min(low).max(high), z.array(b).min(min).max(max)] as const
      }),
      fc.tuple(tie('pair'), tie('pair')).map(([[a, b], [c, d]]) => [z.union([a, c]), z.union([d, b])] as const),
      fc.tuple(tie('pair'), tie('pair')).map(([[a, b], [c]]) => [z.union([a, c]), b] as const),
      fc.tuple(tie('pair'), tie('pair')).map(([[a, b], [c]]) => [a, z.union([c, b])] as const),
      fc
        .tuple(
          fc.array(fc.tuple(tie('pair'), fc.array(flag, { minLength: 4, maxLength: 4 })), { maxLength: 2 }),
          openness,
          openness
        )
        .map(([members, wasOpen, isOpen]) => [object(members, 0, wasOpen), object(members, 1, isOpen)] as const)
    ),
    leaf: fc.oneof(
      twice(range, ([min, max]) => z.string().min(min).max(max)),
      twice(range, ([min, max]) => z.int().min(min).max(max)),
      twice(range, ([min, max]) => z.number().min(min).max(max)),
      fc.tuple(flag, range).map(([isWider, [min, max]]) => {
        const [whole, any] = [z.int().min(min).max(max), z.number().min(min).max(max)]
        return isWider ? ([whole, any] as const) : ([any, whole] as const)
      }),
      twice(fc.constantFrom(z.string(), z.boolean(), z.null()), one => one),
      twice(fc.subarray(['a', 'bb', 'ccc'], { minLength: 1 }), some => z.enum(some)),
      twice(fc.constantFrom('a', 'bb', 1, true), one => z.literal(one))
    )
  })).pair
}

function object(members: [Pair, boolean[]][], side: 0 | 1, isOpen: boolean): z.ZodType {
  const shape: Record<string, z.ZodType> = {}
  for (const [index, [pair, flags]] of members.entries()) {
    const isAbsent = flags[side * 2]
    if (!isAbsent) shape['pq'[index] ?? ''] = flags[side * 2 + 1] ? pair[side].optional() : pair[side]
  }
  return isOpen ? z.looseObject(shape) : z.strictObject(shape)
}

const pair = pairs(flag)
/** Results are open: readers take what they know. */
const openPair = pairs(fc.constant(true))

const value = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('', 'a', 'bb', 'ccc', 'dddd', 0, 1, 2, 3, 1.5, 2.5, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('value'), { noNullPrototype: true })
  )
})).value

const values = fc.array(value, { minLength: 40, maxLength: 60 })
const accepts = (type: z.ZodType, one: unknown) => type.safeParse(one).success

test('what was taken before and is not any more makes the change breaking', () => {
  fc.assert(
    fc.property(pair, values, ([before, after], samples) => {
      const lost = samples.filter(one => accepts(before, one) && !accepts(after, one))
      fc.pre(lost.length > 0)
      expect(compareContracts(contract({ p: before }), contract({ p: after })).verdict).toBe('breaking')
    }),
    { numRuns: 300 }
  )
})

test('what a result could not hold before and can now makes the change breaking', () => {
  fc.assert(
    fc.property(openPair, values, ([before, after], samples) => {
      fc.pre(samples.some(one => accepts(after, one) && !accepts(before, one)))
      expect(compareContracts(contract({}, { m: before }), contract({}, { m: after })).verdict).toBe('breaking')
    }),
    { numRuns: 300 }
  )
})

test('a contract is the same as itself, however its members are ordered', () => {
  fc.assert(
    fc.property(pair, ([a, b]) => {
      const [one, two] = [contract({ a, b }), contract({ b, a })]
      expect(compareContracts(one, one)).toEqual({ verdict: 'same', changes: [] })
      expect(['same', 'words-only']).toContain(compareContracts(one, two).verdict)
    })
  )
})

test('new words alone are never more than words, wherever they stand', () => {
  fc.assert(
    fc.property(pair, fc.string(), ([type], words) => {
      const before = contract({ p: type }, { m: type })
      const after = contract({ p: type.describe(words) }, { m: type.describe(words) })
      expect(['same', 'words-only']).toContain(compareContracts(before, after).verdict)
    })
  )
})
