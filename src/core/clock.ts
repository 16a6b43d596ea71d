/** Time as a dependency, so that a test or a simulation decides what time it is. */

export interface Clock {
  /** Wall time in milliseconds since 1970. May jump. */
  now(): number
  /** Milliseconds that only ever grow; for durations and deadlines. */
  monotonic(): number
  /** Runs `callback` once after `delayMs`, without keeping the process alive. Returns a function that cancels it. */
  after(delayMs: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  }
}
