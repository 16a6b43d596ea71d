import fc from 'fast-check'
import { expect, test } from 'vitest'
import { depthOfJson, refuseDeepJson } from '../../../src/domain/tabular/json-depth.ts'

const deepest = (value: unknown): number =>
  value !== null && typeof value === 'object' ? 1 + Math.max(0, ...Object.values(value).map(deepest)) : 0

test('the depth is that of the value, whatever its texts say', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' }), value => {
      const marked = [value, '[{"\\', { '"[[{': ']}' }]
      for (const text of [JSON.stringify(marked), JSON.stringify(marked, null, 2)]) {
        expect(depthOfJson(text)).toBe(deepest(marked))
      }
    })
  )
})

test('text that is nested too deeply is refused, in whatever pieces it comes', async () => {
  const pieces = async function* (text: string) {
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7))
  }
  const nested = (depth: number) => `${'{"a\\"[":['.repeat(depth / 2)}${']}'.repeat(depth / 2)}`
  await refuseDeepJson(pieces(nested(1000)))
  await expect(refuseDeepJson(pieces(nested(1002)))).rejects.toMatchObject({ code: 'TOO_LARGE' })
})
