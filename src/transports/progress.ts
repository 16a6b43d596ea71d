/** Progress notifications of one call: growing, bounded in rate whatever the tool does, and never long in coming. */
import type { Clock } from '../core/clock.ts'
import type { ReportProgress } from '../core/tool.ts'
import type { RequestId } from './json-rpc.ts'

/** Ten a second is as fast as a person reads, and keeps a tight loop from drowning the answer. */
const MIN_INTERVAL_MS = 100

/** A call that takes longer says that it is at work, whether its tool reports anything or not. */
const FIRST_BEAT_MS = 500
const BEAT_MS = 1_000
/** A beat adds less than one to what the tool has reported, so that the next report of the tool is more again. */
const LONGEST_CALL_MS = 86_400_000

export interface ProgressReporter {
  report: ReportProgress
  /** Sends the last report if it was held back. Nothing is sent after that. */
  finish(): void
}

export function createProgress(token: RequestId, clock: Clock, notify: (text: string) => void): ProgressReporter {
  const startedAt = clock.monotonic()
  let sentAt = Number.NEGATIVE_INFINITY
  let reported = 0
  let highest = Number.NEGATIVE_INFINITY
  let held: string | undefined
  let isFinished = false

  const send = (text: string) => {
    sentAt = clock.monotonic()
    held = undefined
    notify(text)
  }
  const textOf = (progress: number, total: number | undefined, message: string | undefined) => {
    highest = progress
    const params = { progressToken: token, progress, total, message }
    return JSON.stringify({ jsonrpc: '2.0', method: 'notifications/progress', params })
  }
  const beat = () => {
    cancelBeat = clock.after(BEAT_MS, beat)
    if (held !== undefined) return send(held)
    const now = clock.monotonic()
    const progress = reported + (now - startedAt) / LONGEST_CALL_MS
    if (now - sentAt < BEAT_MS || !(progress > highest)) return
    send(textOf(progress, undefined, `at work for ${Math.round((now - startedAt) / 1000)} s`))
  }
  let cancelBeat = clock.after(FIRST_BEAT_MS, beat)

  return {
    report(progress, total, message) {
      if (isFinished || !(progress > highest) || !Number.isFinite(progress)) return
      reported = progress
      const text = textOf(progress, total, message)
      if (clock.monotonic() - sentAt < MIN_INTERVAL_MS) held = text
      else send(text)
    },
    finish() {
      isFinished = true
      cancelBeat()
      if (held !== undefined) notify(held)
      held = undefined
    }
  }
}
