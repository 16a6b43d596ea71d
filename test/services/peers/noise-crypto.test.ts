/** Our primitives of Noise against those that the package brings, which others wrote. */
import { randomBytes } from 'node:crypto'
import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import { describe, expect, test } from 'vitest'
import { noiseCrypto } from '../../../src/services/peers/noise-crypto.ts'

const bytes = (value: { subarray(): Uint8Array }) => Buffer.from(value.subarray()).toString('hex')
const NONCE = Uint8Array.from([0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0])

describe('primitives of Noise', () => {
  test.each([0, 1, 12, 400, 1500, 65_000])('%i bytes sealed by either are opened by the other', size => {
    const [key, data, text] = [randomBytes(32), randomBytes(32), randomBytes(size)]
    const ours = noiseCrypto.chaCha20Poly1305Encrypt(text, NONCE, data, key)
    const theirs = pureJsCrypto.chaCha20Poly1305Encrypt(text, NONCE, data, key)
    expect(bytes(ours)).toBe(bytes(theirs))
    expect(bytes(noiseCrypto.chaCha20Poly1305Decrypt(Buffer.from(theirs.subarray()), NONCE, data, key))).toBe(
      bytes(text)
    )
    expect(bytes(pureJsCrypto.chaCha20Poly1305Decrypt(Buffer.from(ours.subarray()), NONCE, data, key))).toBe(
      bytes(text)
    )
  })

  test('a changed byte of text, tag, data, nonce or key opens nothing', () => {
    const [key, data] = [randomBytes(32), randomBytes(32)]
    const sealed = Buffer.from(noiseCrypto.chaCha20Poly1305Encrypt(randomBytes(100), NONCE, data, key).subarray())
    const changed = (value: Uint8Array, at: number) => Uint8Array.from(value, (byte, i) => (i === at ? byte ^ 1 : byte))
    const open = noiseCrypto.chaCha20Poly1305Decrypt
    expect(() => open(changed(sealed, 5), NONCE, data, key)).toThrow()
    expect(() => open(changed(sealed, 110), NONCE, data, key)).toThrow()
    expect(() => open(sealed, NONCE, changed(data, 0), key)).toThrow()
    expect(() => open(sealed, changed(NONCE, 4), data, key)).toThrow()
    expect(() => open(sealed, NONCE, data, changed(key, 31))).toThrow()
    expect(() => open(sealed.subarray(0, 15), NONCE, data, key)).toThrow()
    expect(open(sealed, NONCE, data, key).byteLength).toBe(100)
  })

  test('either side agrees on a secret with the other', () => {
    const [ours, theirs] = [noiseCrypto.generateX25519KeyPair(), pureJsCrypto.generateX25519KeyPair()]
    expect(bytes(noiseCrypto.generateX25519SharedKey(ours.privateKey, theirs.publicKey))).toBe(
      bytes(pureJsCrypto.generateX25519SharedKey(theirs.privateKey, ours.publicKey))
    )
    const seed = randomBytes(32)
    expect(bytes(noiseCrypto.generateX25519KeyPairFromSeed(seed).publicKey)).toBe(
      bytes(pureJsCrypto.generateX25519KeyPairFromSeed(seed).publicKey)
    )
  })

  test('digests and derived keys are the same', () => {
    const [key, input] = [randomBytes(32), randomBytes(48)]
    expect(bytes(noiseCrypto.hashSHA256(input))).toBe(bytes(pureJsCrypto.hashSHA256(input)))
    for (const material of [input, new Uint8Array()]) {
      expect(noiseCrypto.getHKDF(key, material).map(bytes)).toEqual(pureJsCrypto.getHKDF(key, material).map(bytes))
    }
  })
})
