/** Waiting by the injected clock. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'

/** Resolves after `delayMs`, or at once when the signal is aborted. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      cancelTimer()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const cancelTimer = clock.after(delayMs, end)
    if (signal?.aborted) end()
    else signal?.addEventListener('abort', end, { once: true })
  })
}

/** The value, unless it does not come within `limitMs` (DEADLINE_EXCEEDED) or before the signal is aborted (its reason). */
export function within<T>(clock: Clock, limitMs: number, value: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      cancelTimer()
      signal?.removeEventListener('abort', onAbort)
    }
    const onAbort = () => {
      leave()
      reject(signal?.reason)
    }
    const cancelTimer = clock.after(limitMs, () => {
      leave()
      reject(new AppError('DEADLINE_EXCEEDED', `No answer within ${limitMs} ms`))
    })
    value.then(resolve, reject).finally(leave)
    if (signal?.aborted) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}
