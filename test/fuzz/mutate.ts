/** Damage to bytes, the same for the same seed. */
export type Rng = () => number

/** Mulberry32: a state of 32 bits is enough to repeat a run. */
export function createRng(seed: number): Rng {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const below = (rng: Rng, limit: number): number => Math.floor(rng() * limit)

/** What lies in wait where a decoder expects a length. */
const LENGTHS: readonly Uint8Array[] = [
  Uint8Array.of(0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0xff, 0xff, 0xff, 0x7f),
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01),
  Uint8Array.of(0, 0, 0, 0x80),
  Uint8Array.of(0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0x5b, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff),
  Uint8Array.of(0, 0, 0, 0),
  Uint8Array.of(0xff)
]

/** One to three pieces of damage to a copy of the bytes; `other` is where splices come from. */
export function mutate(rng: Rng, bytes: Uint8Array, other: Uint8Array): Buffer {
  let damaged = Buffer.from(bytes)
  for (let times = 1 + below(rng, 3); times > 0; times--) damaged = damage(rng, damaged, other)
  return damaged
}

function damage(rng: Rng, bytes: Buffer, other: Uint8Array): Buffer<ArrayBuffer> {
  const at = below(rng, bytes.length)
  switch (below(rng, 6)) {
    case 0: {
      const flipped = Buffer.from(bytes)
      if (at < bytes.length) flipped[at] = (bytes[at] ?? 0) ^ (1 << below(rng, 8))
      return flipped
    }
    case 1:
      return Buffer.from(bytes.subarray(0, at))
    case 2: {
      const from = below(rng, other.length)
      const piece = other.subarray(from, from + below(rng, 64))
      return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)])
    }
    case 3: {
      const length = LENGTHS[below(rng, LENGTHS.length)] ?? Uint8Array.of()
      return Buffer.concat([bytes.subarray(0, at), length, bytes.subarray(at + length.length)])
    }
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + below(rng, 16))])
    default: {
      // Ends carry the footers of Parquet and Arrow, which random places seldom hit.
      const back = Math.max(0, bytes.length - 1 - below(rng, 48))
      const changed = Buffer.from(bytes)
      if (back < bytes.length) changed[back] = below(rng, 256)
      return changed
    }
  }
}
