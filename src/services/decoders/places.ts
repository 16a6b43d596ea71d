import { AppError } from '../../core/errors.ts'

export interface Places {
  /** Waits for a place and answers what gives it back. BUSY when too many wait; the signal's reason when it is aborted. */
  take(signal: AbortSignal): Promise<Disposable>
}

/** So many at once, so many waiting, in the order in which they came. */
export function createPlaces(count: number, queue: number): Places {
  const waiting = new Set<() => void>()
  let taken = 0

  const place = (): Disposable => {
    let isHeld = true
    return {
      [Symbol.dispose]() {
        if (!isHeld) return
        isHeld = false
        const [next] = waiting
        if (!next) taken--
        else {
          waiting.delete(next)
          next()
        }
      }
    }
  }

  return {
    async take(signal) {
      if (taken < count) {
        taken++
        return place()
      }
      if (waiting.size >= queue) {
        throw new AppError('BUSY', `${count} files are being read and ${waiting.size} wait; call again in a moment`)
      }
      await new Promise<void>((resolve, reject) => {
        const enter = () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const leave = () => {
          waiting.delete(enter)
          reject(signal.reason)
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.add(enter)
      })
      return place()
    }
  }
}
