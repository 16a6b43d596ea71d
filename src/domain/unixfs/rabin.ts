/**
 * Where Rabin fingerprints cut. Rabin, "Fingerprinting by Random Polynomials" (1981); polynomial, window and mask are those of
 * Kubo, so that the chunks are as well. Words of 61 bits are two halves here: the low 32 bits and those above.
 */
import type { FindCut } from './cut-chunks.ts'

const POLYNOMIAL = 17_437_180_132_763_653n
const DEGREE = 53
export const RABIN_WINDOW_BYTES = 16

export interface RabinSizes {
  /** At least 16. */
  minBytes: number
  averageBytes: number
  maxBytes: number
}

export function rabinCuts({ minBytes, averageBytes, maxBytes }: RabinSizes): FindCut {
  const { modLow, modHigh, outLow, outHigh } = createTables()
  const mask = 2 ** Math.floor(Math.log2(averageBytes)) - 1

  return bytes => {
    // The first bytes of a chunk have no say in where it ends.
    let at = minBytes - RABIN_WINDOW_BYTES
    const ring = new Uint8Array(RABIN_WINDOW_BYTES)
    // A one goes in ahead of the content, so that zeros count as well.
    ring[0] = 1
    let place = 1
    let low = 1
    let high = 0
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      const leaving = ring[place] ?? 0
      ring[place] = byte
      place = (place + 1) % RABIN_WINDOW_BYTES
      low ^= outLow[leaving] ?? 0
      high ^= outHigh[leaving] ?? 0
      const top = high >>> (DEGREE - 8 - 32)
      high = ((high << 8) | (low >>> 24)) ^ (modHigh[top] ?? 0)
      low = ((low << 8) | byte) ^ (modLow[top] ?? 0)
      const length = at + 1
      if (length >= minBytes && ((low & mask) === 0 || length >= maxBytes)) return length
    }
    return bytes.length
  }
}

/** `mod` takes the eight bits above the degree away at once, `out` the byte that leaves the window. */
function createTables() {
  const tables = {
    modLow: new Int32Array(256),
    modHigh: new Int32Array(256),
    outLow: new Int32Array(256),
    outHigh: new Int32Array(256)
  }
  for (let byte = 0; byte < 256; byte++) {
    const top = BigInt(byte) << BigInt(DEGREE)
    const mod = remainder(top) | top
    tables.modLow[byte] = Number(BigInt.asIntN(32, mod))
    tables.modHigh[byte] = Number(mod >> 32n)
    let out = remainder(BigInt(byte))
    for (let step = 1; step < RABIN_WINDOW_BYTES; step++) out = remainder(out << 8n)
    tables.outLow[byte] = Number(BigInt.asIntN(32, out))
    tables.outHigh[byte] = Number(out >> 32n)
  }
  return tables
}

/** Of the division by the polynomial, over the field of two elements. */
function remainder(value: bigint): bigint {
  let rest = value
  for (let degree = rest.toString(2).length - 1; degree >= DEGREE; degree--) {
    if ((rest >> BigInt(degree)) & 1n) rest ^= POLYNOMIAL << BigInt(degree - DEGREE)
  }
  return rest
}
