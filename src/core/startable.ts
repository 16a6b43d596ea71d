/** The lifecycle of everything that holds resources. */

export interface Startable {
  /** Idempotent; concurrent calls share one promise; a failed start leaves nothing open. */
  start(signal?: AbortSignal): Promise<void>
  /** Idempotent; safe before start; waits until everything is released. */
  stop(signal?: AbortSignal): Promise<void>
}

/**
 * Makes a `Startable` of two plain functions: concurrent starts share one promise, a failed start may be tried again,
 * a stop waits for a start in flight, and a second stop does nothing.
 */
export function createLifecycle(open: (signal?: AbortSignal) => Promise<void>, close: () => Promise<void>): Startable {
  let starting: Promise<void> | undefined
  let stopping: Promise<void> | undefined

  return {
    start(signal) {
      if (stopping) return stopping.then(() => this.start(signal))
      starting ??= open(signal).catch(error => {
        starting = undefined
        throw error
      })
      return starting
    },
    stop() {
      if (!starting) return stopping ?? Promise.resolve()
      stopping ??= starting
        .then(close, () => {})
        .finally(() => {
          starting = undefined
          stopping = undefined
        })
      return stopping
    }
  }
}
