/** Choices from a seed: the same seed, the same choices. */
import { createRng } from '../../fuzz/mutate.ts'

export interface Dice {
  chance(probability: number): boolean
  /** From `low` up to `high`. */
  between(low: number, high: number): number
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  bytes(length: number): Uint8Array
  /** Dice of its own for a part, so that one part's throws do not shift those of another. */
  split(): Dice
}

export function createDice(seed: number): Dice {
  const rng = createRng(seed)
  const below = (limit: number) => Math.floor(rng() * limit)
  return {
    chance: probability => rng() < probability,
    between: (low, high) => low + rng() * (high - low),
    below,
    pick: from => from[below(from.length)] ?? from[0],
    bytes: length => Uint8Array.from({ length }, () => below(256)),
    split: () => createDice(below(2 ** 31))
  }
}
