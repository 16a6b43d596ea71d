import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalize } from '../../../src/core/canonical.ts'
import { cidOf } from '../../../src/core/cid.ts'
import { contractCid, contractText } from '../../../src/protocol/contracts/contract.ts'
import { parseCanonicalBytes, parseContract } from '../../../src/protocol/contracts/offered.ts'
import { contract } from './fixtures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const refusal = (reason: string) =>
  expect.objectContaining({ code: 'BAD_DATA', details: expect.objectContaining({ reason }) })

describe('canonical bytes from somebody else', () => {
  test.each([
    ['a member that stands twice', '{"a":1,"a":1}', 'reject_duplicate_keys'],
    ['a member that stands twice, once in disguise', '{"\\u0061":1,"a":2}', 'reject_duplicate_keys'],
    ['a member that stands twice deep inside', '[{"x":{"a":1,"b":2,"a":3}}]', 'reject_duplicate_keys'],
    ['a space', '{"a": 1}', 'reject_non_canonical_bytes'],
    ['a newline at the end', '{"a":1}\n', 'reject_non_canonical_bytes'],
    ['members in another order', '{"b":1,"a":2}', 'reject_non_canonical_bytes'],
    ['an escape that is not needed', '"\\u0061"', 'reject_non_canonical_bytes'],
    ['an escaped slash', '"\\/"', 'reject_non_canonical_bytes'],
    ['a number in other digits', '1.0', 'reject_non_canonical_bytes'],
    ['minus zero', '-0', 'reject_non_canonical_bytes'],
    ['a byte order mark', '\ufeff{}', 'reject_non_canonical_bytes'],
    ['half of a surrogate pair', '"\\ud800"', 'reject_lone_surrogate'],
    ['halves in the wrong order', '"\\udc00\\ud800"', 'reject_lone_surrogate'],
    ['half of a pair in a name', '{"\\ud800":1}', 'reject_lone_surrogate'],
    ['an integer that a double cannot hold', '9007199254740993', 'reject_unsafe_integer'],
    ['a long integer', '[100000000000000000000]', 'reject_unsafe_integer'],
    ['NaN', 'NaN', 'reject_nan_infinity'],
    ['minus infinity', '[-Infinity]', 'reject_nan_infinity'],
    ['a number beyond every double', '1e999', 'reject_nan_infinity'],
    ['a word in another case', 'Null', 'reject_invalid_json_literal'],
    ['undefined', '{"a":undefined}', 'reject_invalid_json_literal'],
    ['a trailing comma', '[1,]', 'reject_invalid_json_literal'],
    ['a comment', '{}//', 'reject_invalid_json_literal'],
    ['nothing', '', 'reject_invalid_json_literal'],
    ['two values', '{}{}', 'reject_invalid_json_literal'],
    ['a number with a leading zero', '01', 'reject_invalid_json_literal'],
    ['a control character', '"\u0001"', 'reject_invalid_json_literal'],
    ['a string without an end', '"abc', 'reject_invalid_json_literal'],
    ['an unknown escape', '"\\x"', 'reject_invalid_json_literal'],
    ['a truncated escape', '"\\u12"', 'reject_invalid_json_literal'],
    ['a member without a name', '{1:2}', 'reject_invalid_json_literal'],
    ['a value that is nested without end', '['.repeat(100_000), 'reject_unsupported_type']
  ])('are refused with %s', (_what, text, reason) => {
    expect(() => parseCanonicalBytes(bytes(text))).toThrowError(refusal(reason))
  })

  test('that are not UTF-8 are refused', () => {
    for (const broken of [
      [0x22, 0xff, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xc0, 0xaf, 0x22]
    ]) {
      expect(() => parseCanonicalBytes(Uint8Array.from(broken))).toThrowError(refusal('reject_non_canonical_bytes'))
    }
  })

  test('give back the value they were made of', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        fc.pre(!/\d{16}/.test(JSON.stringify(value)))
        const text = canonicalize(value)
        expect(canonicalize(parseCanonicalBytes(bytes(text)))).toBe(text)
        expect(parseCanonicalBytes(bytes(text))).toEqual(JSON.parse(text))
      })
    )
  })

  test('never pass with one byte changed into the same value, and never end in anything but a refusal', () => {
    const text = canonicalize({ a: [1, 'ü', { b: null }], c: 'x"y', d: 1.5 })
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(255), (at, byte) => {
        const changed = bytes(text)
        fc.pre(changed[at] !== byte)
        changed[at] = byte
        try {
          expect(canonicalize(parseCanonicalBytes(changed))).not.toBe(text)
        } catch (error) {
          expect(error).toEqual(expect.objectContaining({ code: 'BAD_DATA' }))
        }
      })
    )
  })

  test('may name a member __proto__, which is data and changes no object', () => {
    const value = parseCanonicalBytes(bytes('{"__proto__":{"polluted":1}}'))
    expect(Object.keys(Object(value))).toEqual(['__proto__'])
    expect(Object(value).polluted).toBeUndefined()
  })
})

describe('a contract from somebody else', () => {
  const own = contract({}, {}, { description: 'Zählt Zeilen 🙂' })
  const text = contractText(own)

  test('comes back whole from its bytes, which hash to its CID', () => {
    expect(parseContract(bytes(text), contractCid(own))).toEqual(own)
    expect(contractCid(own).equals(cidOf(bytes(text)))).toBe(true)
    expect(contractCid(own).toString()).toMatch(/^bafkrei[a-z2-7]{52}$/)
  })

  test('is refused under the CID of another', () => {
    const other = contractCid({ ...own, effect: 'delete' })
    expect(() => parseContract(bytes(text), other)).toThrowError(expect.objectContaining({ code: 'CID_MISMATCH' }))
  })

  test.each([
    ['a null in place of nothing', { ...own, description: null }, 'reject_absent_key_as_null'],
    ['a missing member', { ...own, effect: undefined }, 'reject_unsupported_type'],
    ['a member of another type', { ...own, errors: 'none' }, 'reject_unsupported_type'],
    ['an unknown effect', { ...own, effect: 'maybe' }, 'reject_unsupported_type'],
    ['an unknown member', { ...own, extra: 1 }, 'reject_unsupported_type'],
    ['another canonicalization', { ...own, canonicalization: 'mcpp-jcs-v2' }, 'reject_unsupported_type'],
    ['an array', [own], 'reject_unsupported_type']
  ])('is refused with %s', (_what, value, reason) => {
    expect(() => parseContract(bytes(canonicalize(value)))).toThrowError(refusal(reason))
  })
})
