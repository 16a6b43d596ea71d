/**
 * Keeps one lease: renews it at a third of its length, carries what the task says along, and tells when the task should be cancelled
 * or is lost. It counts from when a request was sent, by a steady clock: the queue cannot have counted from earlier, so a lease that
 * stands here stands there.
 */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Lease, WorkSource } from '../queue/api.ts'
import type { News } from './news.ts'
import { within } from './waiting.ts'

/** News travel by themselves at most so often. */
const NEWS_INTERVAL_MS = 500
/** Of the lease: between a heartbeat that failed and the next. */
const RETRY_SHARE = 1 / 30

export interface LeaseKeeperOptions {
  source: Pick<WorkSource, 'heartbeat'>
  lease: Lease
  /** When the claim was sent, by `clock.monotonic`. */
  askedAt: number
  news: News
  clock: Clock
  onCancel: (reason: string | undefined) => void
  /** The task is no longer this claim's, or may not be. Called once. */
  onLost: (reason: AppError) => void
}

export interface LeaseKeeper {
  /** Renews no more; the lease still ends when it ends. */
  rest(): void
  stop(): void
}

export function keepLease({ source, lease, askedAt, news, clock, onCancel, onLost }: LeaseKeeperOptions): LeaseKeeper {
  const { leaseToken, leaseMs, task } = lease
  const renewMs = Math.floor(leaseMs / 3)
  let endsAt = askedAt + leaseMs
  let sentAt = askedAt
  let isOver = false
  let isResting = false
  let isBeating = false
  let cancelBeat = () => {}
  let cancelEnd = () => {}

  function lose(reason: AppError): void {
    stop()
    onLost(reason)
  }

  function rest(): void {
    isResting = true
    cancelBeat()
  }

  function stop(): void {
    rest()
    isOver = true
    cancelEnd()
  }

  function guardEnd(): void {
    cancelEnd()
    const leftMs = endsAt - clock.monotonic()
    if (leftMs >= 1) cancelEnd = clock.after(Math.ceil(leftMs), guardEnd)
    else lose(new AppError('STALE_LEASE', 'The lease ended before it could be renewed'))
  }

  function beatAt(at: number): void {
    cancelBeat()
    if (!isResting) cancelBeat = clock.after(Math.max(0, at - clock.monotonic()), () => void beat())
  }

  async function beat(): Promise<void> {
    if (isResting || isBeating) return
    isBeating = true
    sentAt = clock.monotonic()
    const report = news.take()
    try {
      const beat = { taskId: task.taskId, leaseToken, ...report }
      const answer = await within(clock, renewMs, source.heartbeat(beat))
      if (isOver) return
      endsAt = sentAt + answer.leaseMs
      guardEnd()
      if (answer.cancel) onCancel(answer.cancel.reason)
      beatAt(sentAt + (news.isWaiting ? NEWS_INTERVAL_MS : renewMs))
    } catch (error) {
      if (isResting) return
      news.giveBack(report)
      if (isGone(error)) lose(error)
      else beatAt(clock.monotonic() + Math.ceil(leaseMs * RETRY_SHARE))
    } finally {
      isBeating = false
    }
  }

  news.onNews = () => {
    if (!isBeating) beatAt(sentAt + Math.min(NEWS_INTERVAL_MS, renewMs))
  }
  guardEnd()
  beatAt(askedAt + renewMs)
  return { rest, stop }
}

const isGone = (error: unknown): error is AppError =>
  error instanceof AppError && (error.code === 'STALE_LEASE' || error.code === 'NOT_FOUND')
