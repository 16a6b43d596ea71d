import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFrameSplitter, encodeFrame, FrameError, HEADER_BYTES } from '../../../src/protocol/wire/frame.ts'

describe('frames', () => {
  test('the golden frame of initialize begins with its 58 bytes', () => {
    const frame = encodeFrame('{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}')
    expect(Buffer.from(frame.subarray(0, HEADER_BYTES)).toString('hex')).toBe('0000003a')
    expect(frame).toHaveLength(62)
  })

  test('come out as they went in, however the bytes are cut or run together', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 300 })), fc.array(fc.nat(40)), (texts, cuts) => {
        const bytes = Buffer.concat(texts.map(text => encodeFrame(text)))
        const seen: string[] = []
        const splitter = createFrameSplitter(body => seen.push(Buffer.from(body).toString()))
        let at = 0
        for (const cut of cuts) {
          splitter.push(bytes.subarray(at, at + cut))
          at += cut
        }
        splitter.push(bytes.subarray(at))
        expect(seen).toEqual(texts.map(text => Buffer.from(text).toString()))
        expect(splitter.pending).toBe(0)
      })
    )
  })

  test('a length over the limit is refused with the header, before any of its bytes', () => {
    const splitter = createFrameSplitter(() => expect.unreachable(), 1000)
    expect(() => splitter.push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toThrow(FrameError)
    expect(() => encodeFrame('x'.repeat(1001), 1000)).toThrow(FrameError)
    expect(encodeFrame('x'.repeat(1000), 1000)).toHaveLength(1004)
  })

  test('a frame that stays cut keeps what came of it and hands nothing on', () => {
    const splitter = createFrameSplitter(() => expect.unreachable())
    splitter.push(encodeFrame('{"a":1}').subarray(0, 8))
    expect(splitter.pending).toBe(4)
  })

  test('a frame that comes byte by byte takes no more memory than a few times its bytes', () => {
    let whole = 0
    const splitter = createFrameSplitter(body => (whole = body.length))
    const frame = encodeFrame('x'.repeat(4_000_000))
    const held = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    const before = held()
    for (let at = 0; at < frame.length - 1; at++) splitter.push(frame.subarray(at, at + 1))
    expect(splitter.pending).toBe(3_999_999)
    // What is only garbage by now counts too: half of what as many objects that are kept would take.
    expect(held() - before).toBeLessThan(200_000_000)
    splitter.push(frame.subarray(-1))
    expect(whole).toBe(4_000_000)
    expect(splitter.isWhole).toBe(true)
  })

  test('a frame of nothing is one too', () => {
    const seen: number[] = []
    const splitter = createFrameSplitter(body => seen.push(body.length))
    splitter.push(Buffer.concat([encodeFrame(''), encodeFrame('{}'), encodeFrame('')]))
    expect(seen).toEqual([0, 2, 0])
  })
})
