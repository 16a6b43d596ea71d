/** One attempt at one task: its handler, its lease, and how it ends. */
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Lease, Outcome, Task, WorkSource } from '../queue/api.ts'
import type { TaskHandler } from './api.ts'
import { keepLease } from './lease-keeper.ts'
import { createNews, type News } from './news.ts'
import { failed } from './outcome.ts'

/** Why an attempt was asked to stop. */
type Stop = { kind: 'cancelled' | 'timed-out' | 'released'; error: AppError; reason?: string }

export type Ending = { kind: 'finished'; outcome: Outcome } | { kind: 'lost' | 'released' }

export interface Attempt {
  readonly lease: Lease
  readonly news: News
  /** True as soon as the task may be somebody else's. */
  readonly isLost: () => boolean
  /** Asks the task to stop. Its handler is given up if it has not stopped after the grace. */
  cancel(reason?: string): void
  /** The same, to give the task back to the queue. */
  release(graceMs: number): void
  /** Never rejects. The lease is renewed until then, and watched until `close`. */
  readonly ending: Promise<Ending>
  close(): void
}

export interface AttemptOptions {
  source: Pick<WorkSource, 'heartbeat' | 'body'>
  lease: Lease
  /** When the claim was sent, by `clock.monotonic`. */
  askedAt: number
  handler: TaskHandler | undefined
  cancelGraceMs: number
  clock: Clock
  log: Log
}

export function startAttempt({ source, lease, askedAt, handler, cancelGraceMs, clock, log }: AttemptOptions): Attempt {
  const { task } = lease
  const controller = new AbortController()
  const news = createNews(clock)
  const abandoned = Promise.withResolvers<void>()
  let stop: Stop | undefined
  let isLost = false
  let isSettled = false
  let cancelGrace = () => {}

  function askToStop(reason: AppError, graceMs: number): void {
    controller.abort(reason)
    cancelGrace()
    cancelGrace = clock.after(graceMs, () => {
      if (!isSettled)
        log.warn('a task did not stop in time and was given up', { task_id: task.taskId, type: task.type })
      abandoned.resolve()
    })
  }

  function stopFor(why: Stop, graceMs: number): void {
    if (stop || isSettled) return
    stop = why
    askToStop(why.error, graceMs)
  }

  const cancel = (reason?: string) => {
    const error = new AppError('CANCELLED', reason ?? 'The task was cancelled')
    stopFor({ kind: 'cancelled', error, ...(reason !== undefined && { reason }) }, cancelGraceMs)
  }
  const timeOut = () => stopFor({ kind: 'timed-out', error: tooLong(task) }, cancelGraceMs)
  const cancelLimit = task.timeoutMs === undefined ? () => {} : clock.after(task.timeoutMs, timeOut)
  const keeper = keepLease({
    source,
    lease,
    askedAt,
    news,
    clock,
    onCancel: cancel,
    onLost(reason) {
      isLost = true
      log.warn('a task was lost while it ran', { task_id: task.taskId, reason: reason.message })
      if (!isSettled) askToStop(reason, cancelGraceMs)
    }
  })

  async function run(): Promise<unknown> {
    // The lease may have ended on the way here.
    controller.signal.throwIfAborted()
    if (!handler) throw new AppError('UNSUPPORTED', `This worker runs no tasks of type "${task.type}"`)
    const { signal } = controller
    const payload =
      task.payloadCid === undefined ? task.payload : await source.body(task.payloadCid, signal, task.taskId)
    signal.throwIfAborted()
    // A payload was checked to be an object when it was submitted.
    return await handler.run({
      task,
      leaseToken: lease.leaseToken,
      payload: (payload ?? {}) as NonNullable<Task['payload']>,
      signal,
      ...saying(news)
    })
  }

  function endingOf(outcome: Outcome): Ending {
    if (isLost) return { kind: 'lost' }
    if (outcome.status !== 'failed' || !stop) return { kind: 'finished', outcome }
    if (stop.kind === 'released') return { kind: 'released' }
    if (stop.kind === 'timed-out') return { kind: 'finished', outcome: failed(stop.error) }
    const { reason } = stop
    return { kind: 'finished', outcome: { status: 'cancelled', ...(reason !== undefined && { reason }) } }
  }

  const outcome = run().then(
    (result): Outcome => ({ status: 'completed', result }),
    (thrown): Outcome => {
      const problem = failed(thrown)
      if (!stop && !isLost && !(thrown instanceof AppError))
        log.error('a task failed', { task_id: task.taskId, error: thrown })
      return problem
    }
  )
  const ending = Promise.race([outcome, abandoned.promise.then(() => failed(stop?.error))]).then(settled => {
    isSettled = true
    keeper.rest()
    cancelGrace()
    cancelLimit()
    return endingOf(settled)
  })

  return {
    lease,
    news,
    isLost: () => isLost,
    cancel,
    release: graceMs =>
      stopFor({ kind: 'released', error: new AppError('CANCELLED', 'The worker is stopping') }, graceMs),
    ending,
    close: keeper.stop
  }
}

function saying(news: News) {
  return { progress: news.progress, log: news.log }
}

const tooLong = ({ timeoutMs }: Task) =>
  new AppError('DEADLINE_EXCEEDED', `The attempt took longer than the task's limit of ${timeoutMs} ms`)
