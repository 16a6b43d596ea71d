import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalize } from '../../src/core/canonical.ts'
import { cidOf, cidOfValue, parseCid, parseCidPath, verifyBlock } from '../../src/core/cid.ts'

describe('canonical JSON', () => {
  test('members are sorted by UTF-16 code units at every depth', () => {
    expect(canonicalize({ b: 1, a: { '\u{1F600}': 1, '\uFB33': 2, '\u00e9': 3 } })).toBe(
      '{"a":{"\u00e9":3,"\u{1F600}":1,"\uFB33":2},"b":1}'
    )
  })

  test('numbers are written as RFC 8785 asks', () => {
    expect(canonicalize([-0, 1e30, 1e-27, 4.5, 0.000001, 1e21, Number('333333333.33333329')])).toBe(
      '[0,1e+30,1e-27,4.5,0.000001,1e+21,333333333.3333333]'
    )
  })

  test('absent members leave no trace', () => {
    expect(canonicalize({ a: undefined, b: null })).toBe('{"b":null}')
  })

  test.each([
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a lone surrogate', { a: '\ud800' }],
    ['undefined in an array', [undefined]],
    ['a hole', new Array(2)],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a function', () => 1],
    ['a bigint', 1n]
  ])('%s is refused', (_name, value) => {
    expect(() => canonicalize(value)).toThrowError(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('a value nested without end is refused, a deep one is not', () => {
    const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
    expect(canonicalize(nested(1000))).toHaveLength(2000)
    expect(() => canonicalize(nested(5000))).toThrowError(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('a value that contains itself is refused, one that is shared is not', () => {
    const shared = { x: 1 }
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    expect(canonicalize([shared, shared])).toBe('[{"x":1},{"x":1}]')
    expect(() => canonicalize(cycle)).toThrow(/contains itself/)
  })

  test('parsing and canonicalizing again gives the same text, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = canonicalize(JSON.parse(JSON.stringify(value)))
        expect(canonicalize(JSON.parse(text))).toBe(text)
      })
    )
  })
})

describe('CIDs', () => {
  test('the CID of bytes is the one that other IPFS programs give', () => {
    expect(cidOf(new TextEncoder().encode('hello world')).toString()).toBe(
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
    )
  })

  test('a value and its bytes have one CID', () => {
    expect(cidOfValue({ b: [1], a: 'x' }).equals(cidOf(Buffer.from('{"a":"x","b":[1]}')))).toBe(true)
    expect(cidOfValue({}).multihash.digest).toEqual(createHash('sha256').update('{}').digest())
  })

  test('one changed bit is a mismatch', () => {
    const bytes = Buffer.from('some bytes')
    const cid = cidOf(bytes)
    verifyBlock(cid, bytes)
    bytes[3] = (bytes[3] ?? 0) ^ 1
    expect(() => verifyBlock(cid, bytes)).toThrowError(expect.objectContaining({ code: 'CID_MISMATCH' }))
  })

  test.each(['', 'hello', 'bafkrei', 'Qm515306206', '../etc/passwd'])('%j is no CID', text => {
    expect(() => parseCid(text)).toThrowError(expect.objectContaining({ code: 'INVALID_CID' }))
  })

  test.each(['', '/ipfs/', 'ipfs://'])('a path below a CID is split, with %j in front', prefix => {
    const cid = cidOf(new Uint8Array([1]))
    expect(parseCidPath(`${prefix}${cid}/a/b c`)).toMatchObject({ path: ['a', 'b c'] })
    expect(parseCidPath(`${prefix}${cid}`).cid.equals(cid)).toBe(true)
  })
})
