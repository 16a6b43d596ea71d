/** Where calls run, with a budget of its own. */
export interface Lane {
  readonly name: string
  /** Runs the task when there is a place for it. BUSY when too many wait; the signal's reason if it is aborted while waiting. */
  run<T>(task: () => Promise<T> | T, signal: AbortSignal): Promise<T>
  load(): { running: number; queued: number }
}
