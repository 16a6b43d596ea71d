import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CHUNK_STRATEGIES, type ChunkOptions, chunkText } from '../../../src/domain/text/chunk.ts'
import { sectionsOf } from '../../../src/domain/text/headings.ts'
import { wordsOf } from '../../../src/domain/text/spans.ts'
import { tokensOf } from '../../../src/domain/text/tokens.ts'

const chunks = (text: string, options: ChunkOptions) =>
  chunkText(text, options).map(({ start, end }) => text.slice(start, end))

const texts = fc
  .array(
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('. ', '\n\n', '? ', ' ', '\r\n \r\n', '👩‍👩‍👧 ', 'word '))
  )
  .map(parts => parts.join(''))

describe('chunks of a text', () => {
  test.each(CHUNK_STRATEGIES)(
    'by %s hold every word, are in order, within their size, and repeat no more than the overlap',
    strategy => {
      fc.assert(
        fc.property(
          texts,
          fc.integer({ min: 2, max: 60 }),
          fc.double({ min: 0, max: 0.5, noNaN: true }),
          (text, size, share) => {
            const overlap = Math.floor(size * share)
            const spans = chunkText(text, { strategy, size, overlap })
            let covered = 0
            for (const [index, { start, end }] of spans.entries()) {
              const before = spans[index - 1]
              expect(end).toBeGreaterThan(start)
              expect(text.slice(covered, Math.max(covered, start)).trim()).toBe('')
              if (strategy === 'word') {
                expect(wordsOf(text.slice(start, end)).length).toBeLessThanOrEqual(size)
              } else if (strategy === 'token') {
                expect(tokensOf(text.slice(start, end)).length).toBeLessThanOrEqual(size)
              } else {
                expect(end - start).toBeLessThanOrEqual(size)
                if (before) expect(before.end - start).toBeLessThanOrEqual(overlap + 1)
              }
              if (before) {
                expect(start).toBeGreaterThan(before.start)
                expect(end).toBeGreaterThan(before.end)
              }
              covered = end
            }
            expect(text.slice(covered).trim()).toBe('')
          }
        )
      )
    }
  )

  test('never cut a character of two units', () => {
    const text = '👍'.repeat(50)
    for (const size of [20, 21]) {
      for (const chunk of chunks(text, { strategy: 'fixed_size', size, overlap: 5 }))
        expect(chunk.isWellFormed()).toBe(true)
    }
  })

  test('keep sentences and paragraphs whole as far as they fit, and repeat whole ones', () => {
    const text = 'One is here. Two is here. Three is here.'
    expect(chunks(text, { strategy: 'sentence', size: 26, overlap: 13 })).toEqual([
      'One is here. Two is here.',
      'Three is here.'
    ])
    expect(chunks(text, { strategy: 'sentence', size: 28, overlap: 13 })).toEqual([
      'One is here. Two is here.',
      'Two is here. Three is here.'
    ])
    expect(chunks('A\nb\n\nC\n \nD', { strategy: 'paragraph', size: 5, overlap: 0 })).toEqual(['A\nb', 'C\n \nD'])
  })

  test('count tokens, keep words whole as far as they fit, and cut between the tokens of those that do not', () => {
    expect(chunks('one two three', { strategy: 'token', size: 2, overlap: 0 })).toEqual(['one two', 'three'])
    expect(chunks('a incomprehensible b', { strategy: 'token', size: 2, overlap: 0 })).toEqual([
      'a',
      'incomprehens',
      'ible b'
    ])
    expect(tokensOf('12345 東京に don’t').length).toBe(2 + 3 + 3)
  })

  test('under headings never reach into the next section, and code is not taken for a heading', () => {
    const text = 'Before\n# One\nA\n\n```\n# no heading\n```\n## Two\nB\n# Three #\nC'
    expect(chunks(text, { strategy: 'heading', size: 500, overlap: 0 })).toEqual([
      'Before',
      '# One\nA\n\n```\n# no heading\n```',
      '## Two\nB',
      '# Three #\nC'
    ])
    expect(sectionsOf(text).map(({ headings }) => headings)).toEqual([[], ['One'], ['One', 'Two'], ['Three']])
  })

  test('count words', () => {
    expect(chunks('a b  c d e', { strategy: 'word', size: 2, overlap: 1 })).toEqual(['a b', 'b  c', 'c d', 'd e'])
    expect(chunks('', { strategy: 'word', size: 2, overlap: 0 })).toEqual([])
  })
})
