import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseChunker } from '../../../src/domain/unixfs/chunker.ts'
import { noise } from '../../suites/blocks/content.ts'

const CHUNKERS = ['size-100', 'rabin-16-64-200', 'rabin-48', 'buzhash']

const chunksOf = (name: string, parts: readonly Uint8Array[]) => Array.fromAsync(parseChunker(name)(parts))

test.each(CHUNKERS)('%s cuts by the content alone, however it came, and loses nothing', async name => {
  const input = fc.record({ size: fc.nat(5000), seed: fc.nat(), cuts: fc.array(fc.nat(5000), { maxLength: 20 }) })
  await fc.assert(
    fc.asyncProperty(input, async ({ size, seed, cuts }) => {
      const content = noise(size, seed)
      const ends = [...cuts.filter(cut => cut < size), size].sort((a, b) => a - b)
      const parts = ends.map((end, index) => content.subarray(ends[index - 1] ?? 0, end))
      const whole = await chunksOf(name, [content])
      expect(await chunksOf(name, parts)).toEqual(whole)
      expect(Buffer.concat(whole).equals(content)).toBe(true)
    }),
    { numRuns: 60 }
  )
})

test.each(['rabin-1000', 'buzhash'])('%s cuts the same beyond a byte that was put in', async name => {
  const content = noise(3_000_000)
  const before = new Set((await chunksOf(name, [content])).map(chunk => Buffer.from(chunk).toString('base64')))
  const changed = await chunksOf(name, [content.subarray(0, 700_000), Buffer.from('!'), content.subarray(700_000)])
  const isNew = (chunk: Uint8Array) => !before.has(Buffer.from(chunk).toString('base64'))
  expect(changed.filter(isNew).length).toBeLessThanOrEqual(changed.length / 2)
  expect(changed.length).toBeGreaterThan(3)
})

test('rabin keeps its bounds, but for the last chunk', async () => {
  const chunks = await chunksOf('rabin-100-256-400', [noise(100_000)])
  for (const chunk of chunks.slice(0, -1)) {
    expect(chunk.byteLength).toBeGreaterThanOrEqual(100)
    expect(chunk.byteLength).toBeLessThanOrEqual(400)
  }
})
