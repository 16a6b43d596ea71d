/**
 * The primitives of Noise (X25519, ChaCha20-Poly1305, SHA-256, HKDF; https://noiseprotocol.org/noise.html) from `node:crypto`. A key is
 * made an object of Node's once and not for each packet, which for packets of a kilobyte costs more than the cipher.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hash,
  hkdfSync,
  type KeyObject
} from 'node:crypto'
import type { ICryptoInterface, KeyPair } from '@chainsafe/libp2p-noise'

const CIPHER = 'chacha20-poly1305'
const TAG = { authTagLength: 16 }
/** What stands before the 32 bytes of a key in DER (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b656e032100', 'hex')
const DIGEST_BYTES = 32

/** By the bytes of the key, which Noise keeps for as long as the connection. */
const secrets = new WeakMap<Uint8Array, KeyObject>()

function secretOf(key: Uint8Array): KeyObject {
  const secret = secrets.get(key) ?? createSecretKey(key)
  secrets.set(key, secret)
  return secret
}

const privateKey = (raw: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PRIVATE_PREFIX, raw]), type: 'pkcs8', format: 'der' })

const publicKey = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, raw]), type: 'spki', format: 'der' })

/** A new array, so that its buffer holds nothing else. */
const rawKeys = (keys: { publicKey: Buffer; privateKey: Buffer }): KeyPair => ({
  publicKey: Uint8Array.from(keys.publicKey.subarray(PUBLIC_PREFIX.length)),
  privateKey: Uint8Array.from(keys.privateKey.subarray(PRIVATE_PREFIX.length))
})

export const noiseCrypto: ICryptoInterface = {
  hashSHA256: data => hash('sha256', data.subarray(), 'buffer'),
  getHKDF(chainingKey, input) {
    const keys = new Uint8Array(hkdfSync('sha256', input, chainingKey, '', 3 * DIGEST_BYTES))
    return [
      keys.slice(0, DIGEST_BYTES),
      keys.slice(DIGEST_BYTES, 2 * DIGEST_BYTES),
      keys.slice(2 * DIGEST_BYTES, 3 * DIGEST_BYTES)
    ]
  },
  generateX25519KeyPair: () =>
    rawKeys(
      generateKeyPairSync('x25519', {
        publicKeyEncoding: { type: 'spki', format: 'der' },
        privateKeyEncoding: { type: 'pkcs8', format: 'der' }
      })
    ),
  generateX25519KeyPairFromSeed: seed =>
    rawKeys({
      publicKey: createPublicKey(privateKey(seed)).export({ type: 'spki', format: 'der' }),
      privateKey: Buffer.concat([PRIVATE_PREFIX, seed])
    }),
  generateX25519SharedKey: (own, other) =>
    diffieHellman({ privateKey: privateKey(own.subarray()), publicKey: publicKey(other.subarray()) }),
  chaCha20Poly1305Encrypt(plaintext, nonce, data, key) {
    const cipher = createCipheriv(CIPHER, secretOf(key), nonce, TAG)
    cipher.setAAD(data, { plaintextLength: plaintext.byteLength })
    const text = cipher.update(plaintext.subarray())
    cipher.final()
    return Buffer.concat([text, cipher.getAuthTag()])
  },
  /** Throws if the tag is not that of the text. */
  chaCha20Poly1305Decrypt(ciphertext, nonce, data, key) {
    const end = ciphertext.byteLength - TAG.authTagLength
    const decipher = createDecipheriv(CIPHER, secretOf(key), nonce, TAG)
    decipher.setAAD(data, { plaintextLength: end })
    decipher.setAuthTag(ciphertext.subarray(end))
    const text = decipher.update(ciphertext.subarray(0, end))
    decipher.final()
    return text
  }
}
