/** What a worker does between its registration and its end. */
import { AppError } from '../../core/errors.ts'
import { type ClaimRequest, DEFAULT_LEASE_MS, type Lease } from '../queue/api.ts'
import { type Attempt, startAttempt } from './attempt.ts'
import { type Claimed, complete, release, type SettleOptions } from './settle.ts'
import { pause, within } from './waiting.ts'
import type { WorkerOptions } from './worker.ts'

const CANCEL_GRACE_MS = 10_000
const STOP_TIMEOUT_MS = 10_000
/** How long a task may take to stop when its worker stops. */
const RELEASE_GRACE_MS = 1000
/** Tasks claimed in one operation when there are more than enough; alone, so that a burst spreads over the workers. */
const BACKLOG_CLAIM = 4
const FIRST_RETRY_MS = 100
const MAX_RETRY_MS = 5000

export interface Shift {
  running(): readonly string[]
  /** Resolves when it claims no more. */
  readonly ended: Promise<void>
  /** Drains: see `api.ts`. */
  end(): Promise<void>
}

export function beginShift(options: WorkerOptions): Shift {
  const { source, clock, log, handlers, concurrency, workerId, principal } = options
  const { capabilities, sessionId, leaseMs = DEFAULT_LEASE_MS } = options
  const { cancelGraceMs = CANCEL_GRACE_MS, stopTimeoutMs = STOP_TIMEOUT_MS } = options
  /** Neither a claim that waits nor an answer under way may use up more of a lease than its first renewal comes after. */
  const answerMs = Math.floor(leaseMs / 3)
  const byType = new Map(handlers.map(handler => [handler.type, handler]))
  const terms: ClaimRequest = {
    workerId,
    principal,
    types: [...byType.keys()],
    leaseMs,
    ...(capabilities && { capabilities }),
    ...(sessionId !== undefined && { sessionId })
  }

  const attempts = new Set<Attempt>()
  /** Attempts, and the ends of attempts that the queue has not acknowledged yet. */
  const open = new Set<Promise<void>>()
  /** Places that claims under way have been promised. */
  let promised = 0
  let isBacklogged = false
  let wake = () => {}
  const closing = new AbortController()
  const leaving = new AbortController()

  const free = () => concurrency - attempts.size - promised
  const freed = () => new Promise<void>(resolve => (wake = resolve))

  async function claimUntilClosed(): Promise<void> {
    let retryMs = FIRST_RETRY_MS
    while (!closing.signal.aborted) {
      if (free() < 1) {
        await freed()
        continue
      }
      const startedAt = clock.monotonic()
      try {
        const claimed = await promise(max => claim(max))
        retryMs = FIRST_RETRY_MS
        // A source that does not wait must not be asked in a busy loop.
        if (claimed === 0 && clock.monotonic() - startedAt < answerMs / 2) await pause(clock, retryMs, closing.signal)
      } catch (error) {
        if (closing.signal.aborted) return
        if (isDismissal(error)) return log.warn('the worker may claim no more', { worker_id: workerId, error })
        log.debug('a claim failed', { worker_id: workerId, error })
        await pause(clock, retryMs, closing.signal)
        retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
      }
    }
  }

  /** Keeps places free for what `ask` claims, starts it, and answers how much it was. */
  async function promise(ask: (max: number) => Promise<Claimed>): Promise<number> {
    const max = Math.min(free(), isBacklogged ? BACKLOG_CLAIM : 1)
    promised += max
    try {
      const { leases, askedAt } = await ask(max)
      if (max > 0) isBacklogged = leases.length === max
      for (const lease of leases) start(lease, askedAt)
      return leases.length
    } finally {
      promised -= max
      wake()
    }
  }

  async function claim(max: number): Promise<Claimed> {
    const askedAt = clock.monotonic()
    const asked = source.claim({ ...terms, max }, { waitMs: answerMs, signal: closing.signal })
    try {
      return { leases: await within(clock, 2 * answerMs, asked, closing.signal), askedAt }
    } catch (error) {
      // What comes for nobody goes back.
      void asked.then(
        leases =>
          Promise.all(
            leases.map(lease =>
              release(
                settling(() => false),
                lease,
                'Came too late'
              )
            )
          ),
        () => {}
      )
      throw error
    }
  }

  function start(lease: Lease, askedAt: number): void {
    const handler = byType.get(lease.task.type)
    const attempt = startAttempt({ source, lease, askedAt, handler, cancelGraceMs, clock, log })
    attempts.add(attempt)
    const done = conclude(attempt).catch(error => log.error('a worker failed', { worker_id: workerId, error }))
    open.add(done)
    void done.then(() => open.delete(done))
  }

  async function conclude(attempt: Attempt): Promise<void> {
    const ending = await attempt.ending
    attempts.delete(attempt)
    const { task, leaseToken } = attempt.lease
    if (ending.kind === 'finished') {
      const completion = { taskId: task.taskId, leaseToken, outcome: ending.outcome, ...attempt.news.take() }
      await promise(async max => {
        const next = max > 0 && !closing.signal.aborted ? { ...terms, max } : undefined
        return await complete(settling(attempt.isLost), completion, next)
      })
    } else if (ending.kind === 'released') {
      await release(settling(attempt.isLost), attempt.lease, 'The worker is stopping')
    }
    attempt.close()
    wake()
  }

  const settling = (isLost: () => boolean): SettleOptions => ({ source, clock, log, answerMs, isLost })

  async function hearCancellations(): Promise<void> {
    while (!leaving.signal.aborted) {
      try {
        for await (const { taskId, reason } of source.cancellations(workerId, leaving.signal)) {
          for (const attempt of attempts) if (attempt.lease.task.taskId === taskId) attempt.cancel(reason)
        }
      } catch (error) {
        log.debug('cancellations are heard by heartbeats only for a while', { worker_id: workerId, error })
      }
      await pause(clock, MAX_RETRY_MS, leaving.signal)
    }
  }

  async function end(): Promise<void> {
    closing.abort(new AppError('CANCELLED', 'The worker is stopping'))
    wake()
    await ended
    await within(clock, stopTimeoutMs, allClosed()).catch(() => {})
    for (const attempt of attempts) attempt.release(RELEASE_GRACE_MS)
    await allClosed()
    leaving.abort()
    await within(clock, answerMs, hearing).catch(() => {})
    // What was granted in answers that were lost goes back with it.
    const gone = source.unregisterWorker(workerId, { graceful: false, principal })
    await within(clock, answerMs, gone).catch(error => log.warn('a worker could not unregister', { error }))
  }

  async function allClosed(): Promise<void> {
    while (open.size > 0) await Promise.all(open)
  }

  const ended = claimUntilClosed()
  const hearing = hearCancellations()
  return { running: () => [...attempts].map(({ lease }) => lease.task.taskId), ended, end }
}

/** Somebody unregistered the worker, or its id is another's. */
const isDismissal = (error: unknown): boolean =>
  error instanceof AppError && (error.code === 'NOT_FOUND' || error.code === 'FORBIDDEN')
