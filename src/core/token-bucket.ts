/** A rate that may be exceeded for a moment: so many at once, then so many a second. */
import type { Clock } from './clock.ts'

export interface TokenBucket {
  /** Whether one more, or so many more, may go now. */
  take(count?: number): boolean
}

export function createTokenBucket(
  clock: Pick<Clock, 'monotonic'>,
  { perSecond, burst }: { perSecond: number; burst: number }
): TokenBucket {
  let tokens = burst
  let filledAt = clock.monotonic()
  return {
    take(count = 1) {
      const now = clock.monotonic()
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (tokens < count) return false
      tokens -= count
      return true
    }
  }
}
