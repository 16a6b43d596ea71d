/** A rate that may be exceeded for a moment: so many at once, then so many a second. */
import type { Clock } from './clock.ts'

export interface TokenBucket {
  /** Whether one more may go now. */
  take(): boolean
}

export function createTokenBucket(
  clock: Pick<Clock, 'monotonic'>,
  { perSecond, burst }: { perSecond: number; burst: number }
): TokenBucket {
  let tokens = burst
  let filledAt = clock.monotonic()
  return {
    take() {
      const now = clock.monotonic()
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond)
      filledAt = now
      if (tokens < 1) return false
      tokens--
      return true
    }
  }
}
