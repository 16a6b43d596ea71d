import { base32 } from 'multiformats/bases/base32'
import { base36 } from 'multiformats/bases/base36'
import { base58btc } from 'multiformats/bases/base58'
import { expect, test } from 'vitest'
import { CODEC, cidOf, decodeCid, parseCid } from '../../src/core/cid.ts'

const cid = cidOf(Buffer.from('x'), CODEC.dagPb)
const digest = Buffer.from(cid.multihash.bytes)
const failing = (code: string) => expect.objectContaining({ code })

test('a CID is read in every base, and written in one', () => {
  for (const base of [base32, base36, base58btc]) expect(String(parseCid(base.encode(cid.bytes)))).toBe(String(cid))
  const older = base58btc.encode(digest).slice(1)
  expect(String(parseCid(older))).toBe(older)
  expect(parseCid(older).version).toBe(0)
})

test('a CID is read from its own bytes only', () => {
  expect(decodeCid(cid.bytes).equals(cid)).toBe(true)
  expect(decodeCid(digest).version).toBe(0)
  const laxly = ['0070', '810070', '01f000', '0071', '0270'].map(hex =>
    Buffer.concat([Buffer.from(hex, 'hex'), digest])
  )
  for (const bytes of [...laxly, digest.subarray(1), Buffer.concat([digest, digest]), Buffer.alloc(0)]) {
    expect(() => decodeCid(bytes)).toThrow()
    expect(() => parseCid(base32.encode(bytes))).toThrow(failing('INVALID_CID'))
    expect(() => parseCid(base58btc.encode(bytes))).toThrow(failing('INVALID_CID'))
  }
  // Version 0 has no prefix, and everything else has one.
  for (const text of [base32.encode(digest), base58btc.encode(digest), base58btc.encode(cid.bytes).slice(1)]) {
    expect(() => parseCid(text)).toThrow(failing('INVALID_CID'))
  }
})
