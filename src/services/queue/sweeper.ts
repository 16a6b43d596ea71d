/** Runs the sweep when something is due, by one timer: leases, waits and deadlines end without anybody asking. */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Due, Time } from './store.ts'

/** The wall clock may jump, and kept tasks grow old: looked at anew at least so often. */
const MAX_INTERVAL_MS = 60_000
/** After a sweep that the store could not do. */
const RETRY_MS = 1000

export interface Sweeper {
  /** What the last commit said is due next. */
  expect(due: Due): void
  /** Waits for a sweep under way; none begins after it. */
  stop(): Promise<void>
}

export interface SweeperOptions {
  clock: Clock
  time: () => Time
  sweep: () => Promise<void>
  log: Log
}

export function createSweeper({ clock, time, sweep, log }: SweeperOptions): Sweeper {
  let cancelTimer = () => {}
  let isStopped = false
  let sweeping: Promise<void> | undefined
  let lastDue: Due = {}

  function arm(delayMs: number): void {
    cancelTimer()
    if (!isStopped) cancelTimer = clock.after(Math.min(Math.max(0, delayMs), MAX_INTERVAL_MS), run)
  }

  function armFor(due: Due): void {
    const { now, steady } = time()
    arm(Math.min((due.now ?? Number.POSITIVE_INFINITY) - now, (due.steady ?? Number.POSITIVE_INFINITY) - steady))
  }

  function run(): void {
    if (isStopped || sweeping) return
    sweeping = sweep()
      .then(
        () => armFor(lastDue),
        error => {
          log.warn('a sweep of the task queue failed and will be tried again', { error })
          arm(RETRY_MS)
        }
      )
      .finally(() => {
        sweeping = undefined
      })
  }

  return {
    expect(due) {
      lastDue = due
      if (!sweeping) armFor(due)
    },
    async stop() {
      isStopped = true
      cancelTimer()
      await sweeping
    }
  }
}
