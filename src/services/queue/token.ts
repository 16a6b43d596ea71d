/** Lease tokens: fences whose text order is the order of claims. */

const EPOCH_DIGITS = 10
const COUNT_DIGITS = 12

/** The epoch grows with every opening of the store, the count with every claim of that epoch. */
export function leaseToken(epoch: number, count: number): string {
  return `${String(epoch).padStart(EPOCH_DIGITS, '0')}-${String(count).padStart(COUNT_DIGITS, '0')}`
}

/**
 * The epoch that follows `last`. It is also at least the time in seconds, so that a disk that lost the last epochs in spite of its
 * word does not make a token come again.
 */
export function nextEpoch(last: number, nowMs: number): number {
  return Math.max(last + 1, Math.floor(nowMs / 1000))
}
