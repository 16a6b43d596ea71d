/** Waiting without polling: who waits is woken by the change that it waits for, by its time, or by its signal. */
import type { Clock } from '../../core/clock.ts'

export interface Waiters {
  /**
   * Resolves true when `wake` is called, false after `waitMs`; throws the signal's reason. Whoever waits longest is woken first.
   */
  wait(waitMs: number, signal?: AbortSignal): Promise<boolean>
  /** Wakes at most so many. */
  wake(count?: number): void
  readonly size: number
}

export function createWaiters(clock: Clock): Waiters {
  const waiting = new Set<() => void>()
  return {
    wait(waitMs, signal) {
      return new Promise((resolve, reject) => {
        const leave = () => {
          waiting.delete(wake)
          cancelTimer()
          signal?.removeEventListener('abort', onAbort)
        }
        const wake = () => {
          leave()
          resolve(true)
        }
        const onAbort = () => {
          leave()
          reject(signal?.reason)
        }
        const cancelTimer = clock.after(waitMs, () => {
          leave()
          resolve(false)
        })
        if (signal?.aborted) return onAbort()
        signal?.addEventListener('abort', onAbort, { once: true })
        waiting.add(wake)
      })
    },
    wake(count = Number.POSITIVE_INFINITY) {
      let left = count
      for (const wake of waiting) {
        if (left-- <= 0) return
        wake()
      }
    },
    get size() {
      return waiting.size
    }
  }
}
