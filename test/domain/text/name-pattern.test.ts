import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesPattern } from '../../../src/domain/text/name-pattern.ts'

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 })
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 8 })

test('a pattern fits what the expression of the same meaning fits', () => {
  fc.assert(
    fc.property(letters, patterns, (name, pattern) => {
      const source = pattern.replaceAll('.', '\\.').replace(/\*+/g, '.*').replaceAll('?', '.')
      expect(matchesPattern(name, pattern)).toBe(new RegExp(`^${source}$`).test(name))
    })
  )
})

test('many stars take no more steps than the lengths multiplied', () => {
  let reads = 0
  const counted = (text: string) =>
    new Proxy(Object(text), {
      get(target, key) {
        reads++
        return Reflect.get(target, key)
      }
    }) as unknown as string
  expect(matchesPattern(counted('a'.repeat(250)), `${'*a'.repeat(100)}*b`)).toBe(false)
  expect(reads).toBeLessThan(4 * 250 * 202)
})
