/** A clock that moves only when a test says so. */
import type { Clock } from '../../src/core/clock.ts'

export interface ManualClock extends Clock {
  advance(ms: number): void
  /** Sets the wall clock forward or back, as somebody who corrects it does. */
  jump(ms: number): void
}

export function createManualClock(start = 1_700_000_000_000): ManualClock {
  let elapsed = 0
  let jumped = 0
  let timers: { due: number; callback: () => void }[] = []
  return {
    now: () => start + jumped + elapsed,
    monotonic: () => elapsed,
    after(delayMs, callback) {
      const timer = { due: elapsed + delayMs, callback }
      timers.push(timer)
      return () => {
        timers = timers.filter(other => other !== timer)
      }
    },
    jump(ms) {
      jumped += ms
    },
    advance(ms) {
      const until = elapsed + ms
      for (;;) {
        const next = timers.filter(timer => timer.due <= until).sort((a, b) => a.due - b.due)[0]
        if (!next) break
        timers = timers.filter(timer => timer !== next)
        elapsed = next.due
        next.callback()
      }
      elapsed = until
    }
  }
}
