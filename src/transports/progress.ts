/** Progress notifications of one call: growing, and bounded in rate whatever the tool does. */
import type { Clock } from '../core/clock.ts'
import type { ReportProgress } from '../core/tool.ts'
import type { RequestId } from './json-rpc.ts'

/** Ten a second is as fast as a person reads, and keeps a tight loop from drowning the answer. */
const MIN_INTERVAL_MS = 100

export interface ProgressReporter {
  report: ReportProgress
  /** Sends the last report if it was held back. Nothing is sent after that. */
  finish(): void
}

export function createProgress(token: RequestId, clock: Clock, notify: (text: string) => void): ProgressReporter {
  let sentAt = Number.NEGATIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  let held: string | undefined
  let isFinished = false

  return {
    report(progress, total, message) {
      if (isFinished || !(progress > highest) || !Number.isFinite(progress)) return
      highest = progress
      const params = { progressToken: token, progress, total, message }
      const text = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })
      const now = clock.monotonic()
      if (now - sentAt < MIN_INTERVAL_MS) {
        held = text
        return
      }
      sentAt = now
      held = undefined
      notify(text)
    },
    finish() {
      isFinished = true
      if (held !== undefined) notify(held)
      held = undefined
    }
  }
}
