/**
 * One timer for the deadlines of all open calls. A timer per call costs more than the call itself; a coarse wheel is
 * exact enough, since a deadline guards against calls that hang. A deadline fires at most one tick late, never early.
 */
import type { Clock } from '../core/clock.ts'

const TICK_MS = 100

export interface Deadlines {
  /** Calls `onDue` once, after at least `delayMs`. Returns a function that forgets it. */
  add(delayMs: number, onDue: () => void): () => void
  readonly size: number
}

export function createDeadlines(clock: Clock): Deadlines {
  const buckets = new Map<number, Set<() => void>>()
  let size = 0
  let isTicking = false

  function tick() {
    isTicking = false
    const now = clock.monotonic()
    for (const [bucket, callbacks] of buckets) {
      if (bucket * TICK_MS > now) continue
      buckets.delete(bucket)
      size -= callbacks.size
      for (const callback of callbacks) callback()
    }
    keepTicking()
  }

  function keepTicking() {
    if (isTicking || size === 0) return
    isTicking = true
    clock.after(TICK_MS, tick)
  }

  return {
    get size() {
      return size
    },
    add(delayMs, onDue) {
      const bucket = Math.ceil((clock.monotonic() + delayMs) / TICK_MS)
      let callbacks = buckets.get(bucket)
      if (!callbacks) {
        callbacks = new Set()
        buckets.set(bucket, callbacks)
      }
      const home = callbacks
      home.add(onDue)
      size++
      keepTicking()
      return () => {
        if (!home.delete(onDue)) return
        size--
        if (home.size === 0 && buckets.get(bucket) === home) buckets.delete(bucket)
      }
    }
  }
}
