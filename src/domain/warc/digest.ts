/** Digests as WARC writes them: `sha1:` and Base32, or another algorithm, or hex, or Base64. */
import { createHash } from 'node:crypto'

const ALGORITHMS: Record<string, string> = {
  sha1: 'sha1',
  'sha-1': 'sha1',
  sha256: 'sha256',
  'sha-256': 'sha256',
  sha512: 'sha512',
  'sha-512': 'sha512',
  md5: 'md5'
}
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export function warcDigest(bytes: Uint8Array): string {
  return `sha256:${base32(createHash('sha256').update(bytes).digest())}`
}

/** Whether the bytes have this digest; `undefined` where its algorithm is not known here. */
export function matchesDigest(digest: string, bytes: Uint8Array): boolean | undefined {
  const [, name = '', value = ''] = /^([^:]+):(.+)$/.exec(digest.trim()) ?? []
  const algorithm = Object.hasOwn(ALGORITHMS, name.toLowerCase()) ? ALGORITHMS[name.toLowerCase()] : undefined
  if (algorithm === undefined) return undefined
  const hash = createHash(algorithm).update(bytes).digest()
  const plain = value.replace(/=+$/, '')
  const isHex = plain.length === hash.length * 2
  if (isHex) return plain.toLowerCase() === hash.toString('hex')
  return (
    plain.toUpperCase() === base32(hash) || value === hash.toString('base64') || plain === hash.toString('base64url')
  )
}

/** RFC 4648, without padding. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = (value << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(value >>> bits) & 31]
    }
    value &= 31
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text
}
