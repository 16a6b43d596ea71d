import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLineSplitter } from '../../src/transports/lines.ts'

function split(chunks: readonly Uint8Array[], maxBytes: number): string[] {
  const heard: string[] = []
  const take = createLineSplitter(maxBytes, {
    onLine: bytes => heard.push(Buffer.from(bytes).toString()),
    onTooLong: () => heard.push('TOO LONG')
  })
  for (const chunk of chunks) take(chunk)
  return heard
}

test('however the bytes are cut, the lines are the same', () => {
  const line = fc.string({ unit: 'grapheme', maxLength: 20 }).filter(text => !/[\r\n]/.test(text))
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (lines, sizes) => {
      const bytes = Buffer.from(lines.map(text => `${text}\n`).join(''))
      const chunks: Uint8Array[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        chunks.push(bytes.subarray(at, at + size))
        at += size
      }
      const expected = lines.filter(text => text !== '').map(text => (Buffer.byteLength(text) > 16 ? 'TOO LONG' : text))
      expect(split(chunks, 16)).toEqual(expected)
    })
  )
})

test('a line of exactly the limit passes and one byte more does not', () => {
  expect(split([Buffer.from('12345\n123456\n12345\n')], 5)).toEqual(['12345', 'TOO LONG', '12345'])
})

test('what follows the last newline is no line', () => {
  expect(split([Buffer.from('one\ntwo')], 100)).toEqual(['one'])
})
