/** The queue over a store: group commit, waits, sweeps, and bodies in blocks. The rules of the states stand in `logic/`. */
import { canonicalize } from '../../core/canonical.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Random } from '../../core/random.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Trace } from '../../core/tracer.ts'
import { canonicalTaskType } from '../../domain/tasks/task-types.ts'
import {
  type ClaimRequest,
  DEFAULT_LEASE_MS,
  LEASE_MS,
  type Lease,
  MAX_CLAIM,
  type Outcome,
  PRIORITY,
  type Queue,
  type QueueState,
  type Submitted,
  type Task,
  type TaskChange,
  type WaitOptions
} from './api.ts'
import { createBatcher } from './batcher.ts'
import type { Bodies } from './bodies.ts'
import { cancellationsOf } from './cancellations.ts'
import { newTask, validPriority, validRetry } from './new-task.ts'
import { reportOf } from './report.ts'
import { createStartEstimate } from './start-estimate.ts'
import { statsView } from './stats-view.ts'
import type { ClaimTerms, Committed, Entered, OutcomeRow, QueueStateRow, QueueStore, TaskRow, Time } from './store.ts'
import { createSweeper } from './sweeper.ts'
import { newTaskId } from './task-id.ts'
import { pageOf, rowQuery } from './task-list.ts'
import { leaseOf, taskOf, workerOf } from './task-view.ts'
import { createTypeGate } from './type-gate.ts'
import { createWaiters, type Waiters } from './waiters.ts'

/** Other operations wait for a sweep in whose batch they are: it is small. */
const SWEEP_ROWS = 100
const MAX_REASON_LENGTH = 1000

export interface QueueOptions {
  store: QueueStore
  bodies: Bodies
  clock: Clock
  random: Random
  log: Log
  /** How long finished tasks are kept, and how many of them. */
  keepFinishedMs: number
  keepFinished: number
  /** Why a type that no worker is known to run cannot be taken; undefined if this node runs it. */
  refuseType: (type: string) => AppError | undefined
  /** On whose behalf a task is submitted. */
  trace?: (() => Trace | undefined) | undefined
  /** See `BatcherOptions`. */
  defer?: (callback: () => void) => void
}

export function createQueueOver(options: QueueOptions): Queue {
  const { store, bodies, clock, random, log, keepFinishedMs, keepFinished } = options
  let anchor = { now: 0, monotonic: 0 }
  const time = (): Time => ({ now: clock.now(), steady: anchor.now + clock.monotonic() - anchor.monotonic })

  const listeners = new Set<(change: TaskChange) => void>()
  const finishing = new Map<string, Waiters>()
  const work = createWaiters(clock)
  /** Grows whenever there may be something new to claim, so that nothing that comes between a claim and its wait is missed. */
  let arrivals = 0
  /** Claims that wait since their worker runs as many tasks as it may. */
  const full = new Set<ClaimTerms>()
  /** Grows with every task that a worker ends, for the same reason. */
  let endings = 0
  const types = createTypeGate(options.refuseType)
  let unpinned: string[] = []
  let isOpen = false

  const batcher = createBatcher({ store, time, defer: options.defer ?? setImmediate, onCommitted: onCommitted })
  const stopped = () => Promise.reject(new AppError('SERVICE_UNAVAILABLE', 'The task queue has stopped'))
  const run: typeof batcher.run = (kind, input) => (isOpen ? batcher.run(kind, input) : stopped())
  const read: QueueStore['read'] = query => (isOpen ? store.read(query) : stopped())
  const newSweeper = () => createSweeper({ clock, time, sweep, log })
  let sweeper = newSweeper()

  function onCommitted({ changes, due }: Committed): void {
    let isFreed = false
    for (const change of changes) {
      for (const listener of listeners) listener(change)
      if (change.event === 'finished' || change.event === 'removed') finishing.get(change.taskId)?.wake()
      if (change.event === 'finished' && change.workerId !== undefined) {
        endings++
        isFreed ||= isFull(change.workerId)
      }
    }
    // What was claimed in the batch that brought it is nobody's news.
    const left = new Map(changes.map(({ taskId, status }) => [taskId, status]))
    if (isFreed || [...left.values()].includes('queued')) offer()
    sweeper.expect(due)
  }

  const isFull = (workerId: string): boolean => full.values().some(terms => terms.workerId === workerId)

  /** Whoever waits for work looks again. */
  function offer(): void {
    arrivals++
    work.wake()
  }

  async function sweep(): Promise<void> {
    const { orphans } = await batcher.run('sweep', { limit: SWEEP_ROWS, keepFinishedMs, keepFinished, unpinned })
    unpinned = []
    for (const cid of orphans) {
      if (await bodies.forget(cid)) unpinned.push(cid)
    }
  }

  async function requireRow(taskId: string): Promise<TaskRow> {
    const row = await read({ kind: 'task', taskId })
    if (row) return row
    throw new AppError('NOT_FOUND', `There is no task "${taskId}"; it may have been removed after it finished`)
  }

  async function outcomeRow(outcome: Outcome): Promise<OutcomeRow> {
    if (outcome.status === 'cancelled') return { status: 'cancelled', reason: cut(outcome.reason) }
    if (outcome.status === 'failed') return outcome
    if (outcome.result === undefined) return { status: 'completed', resultJson: null, resultCid: null }
    const { json, cid } = await bodies.keep(canonicalize(outcome.result))
    return { status: 'completed', resultJson: json, resultCid: cid }
  }

  const stats = async () => statsView(await read({ kind: 'stats' }), clock.now())
  const estimateStart = createStartEstimate(clock, async () => (await stats()).throughput)

  async function open(): Promise<void> {
    anchor = { now: clock.now(), monotonic: clock.monotonic() }
    await store.open(time())
    sweeper = newSweeper()
    try {
      for (const { worker } of await store.read({ kind: 'workers' })) types.learn(worker.capabilities)
      isOpen = true
      await sweep()
    } catch (error) {
      await close()
      throw error
    }
  }

  async function close(): Promise<void> {
    isOpen = false
    work.wake()
    for (const waiters of finishing.values()) waiters.wake()
    await sweeper.stop()
    await batcher.settled()
    await store.close()
  }

  const lifecycle = createLifecycle(open, close)

  return {
    start: lifecycle.start,
    stop: lifecycle.stop,

    async submit(submission, { signal } = {}) {
      const { task, payloadText } = newTask(submission, () => newTaskId(clock, random), options.trace?.()?.traceparent)
      types.check(task.type)
      signal?.throwIfAborted()
      const body = await bodies.keep(payloadText, signal)
      // Whoever waits longest asks in the same batch as the task comes, behind it; if the task is not for it, all are told after that.
      if (task.notBefore === null) work.wake(1)
      return submittedOf(await run('submit', { task: { ...task, payloadJson: body.json, payloadCid: body.cid } }))
    },

    async retry(taskId, { submitter, retry = {} }) {
      const newId = newTaskId(clock, random)
      const input = { taskId, newTaskId: newId, submitter, retry: validRetry(retry) }
      return submittedOf(await run('retry', input))
    },

    get: async taskId => taskOf(await requireRow(taskId)),
    estimateStart,
    position: async taskId => (await read({ kind: 'position', taskId })) ?? undefined,

    async wait(taskId, { waitMs = 0, signal } = {}) {
      const waiters = finishing.get(taskId) ?? createWaiters(clock)
      finishing.set(taskId, waiters)
      const leaving = new AbortController()
      const stop = signal ? AbortSignal.any([signal, leaving.signal]) : leaving.signal
      // Waits from before the first look, so that no end is missed between the two.
      const ended = waiters.wait(waitMs, stop).catch(() => false)
      try {
        const row = await requireRow(taskId)
        if (isFinal(row) || waitMs === 0) return taskOf(row)
        await ended
        signal?.throwIfAborted()
        return taskOf(await requireRow(taskId))
      } finally {
        leaving.abort()
        if (waiters.size === 0 && finishing.get(taskId) === waiters) finishing.delete(taskId)
      }
    },

    async list(query = {}) {
      const rows = rowQuery(query)
      return pageOf(await read({ kind: 'list', query: rows }), rows)
    },

    async cancel(taskId, { reason, force = false } = {}) {
      return taskOf((await run('cancel', { taskId, reason: cut(reason), force })).row)
    },
    async reprioritize(taskId, priority) {
      const { row, oldPriority } = await run('reprioritize', { taskId, priority: validPriority(priority) })
      // A claim that waits may take nothing above a priority.
      if (row.status === 'queued' && priority < oldPriority) offer()
      return { task: taskOf(row), oldPriority }
    },
    async remove(taskId) {
      await run('remove', { taskId })
    },
    pause: async reason => stateView(await run('pause', { reason: cut(reason) })),
    async resume() {
      const state = stateView(await run('resume', {}))
      offer()
      return state
    },
    clear: (status = 'queued') => run('clear', { status }),
    stats,

    async worker(workerId) {
      const found = await read({ kind: 'worker', workerId })
      if (found) return workerOf(found)
      throw new AppError('NOT_FOUND', `There is no worker "${workerId}"`)
    },
    workers: async () => (await read({ kind: 'workers' })).map(workerOf),
    async registerWorker({ workerId, capabilities, maxConcurrent = 5, resourceLimits = {}, metadata = {}, principal }) {
      const now = clock.now()
      const named = capabilities.map(canonicalTaskType)
      const { worker } = await run('registerWorker', {
        worker: {
          workerId,
          status: 'active',
          capabilities: named,
          maxConcurrent,
          resourceLimits,
          metadata,
          principal,
          registeredAt: now,
          lastSeenAt: now,
          completed: 0,
          failed: 0
        }
      })
      types.learn(named)
      if (isFull(workerId)) offer()
      return workerOf({ worker, running: [] })
    },
    async unregisterWorker(workerId, { graceful = true, principal }) {
      const { worker, abandoned } = await run('unregisterWorker', { workerId, graceful, principal })
      return { worker: workerOf({ worker, running: [] }), abandoned }
    },

    async claim(request, { waitMs = 0, signal }: WaitOptions = {}) {
      const terms = termsOf(request)
      types.learn(terms.types)
      const giveUpAt = clock.monotonic() + waitMs
      for (;;) {
        signal?.throwIfAborted()
        const seen = arrivals
        const ended = endings
        const { rows, isFull: hasNoPlace } = await run('claim', { terms })
        if (rows.length > 0) return await handOver(rows.map(leaseOf), signal)
        const leftMs = giveUpAt - clock.monotonic()
        if (leftMs <= 0) return []
        if (hasNoPlace && ended !== endings) continue
        if (hasNoPlace) full.add(terms)
        try {
          if (seen === arrivals && !(await work.wait(leftMs, signal)) && clock.monotonic() >= giveUpAt) return []
        } finally {
          full.delete(terms)
        }
        if (!isOpen) return []
      }
    },

    async heartbeat({ taskId, leaseToken, principal, leaseMs, ...report }) {
      const terms = { taskId, leaseToken, principal, leaseMs: leaseMs === undefined ? null : boundedLease(leaseMs) }
      const { cancel, ...answer } = await run('heartbeat', { ...terms, report: reportOf(report, clock) })
      return { ...answer, ...(cancel && { cancel: cancel.reason === null ? {} : { reason: cancel.reason } }) }
    },

    async complete({ taskId, leaseToken, principal, outcome, next, ...report }) {
      const completed = await run('complete', {
        taskId,
        leaseToken,
        principal,
        outcome: await outcomeRow(outcome),
        report: reportOf(report, clock),
        next: next ? termsOf(next) : null
      })
      return { ...completed, next: completed.next.map(leaseOf) }
    },

    release: ({ taskId, leaseToken, principal, reason }) =>
      run('release', { taskId, leaseToken, principal, reason: cut(reason) }),
    cancellations: (workerId, signal) => cancellationsOf(listen, workerId, signal),
    body: (cid, signal) => bodies.read(cid, signal),
    onChange: listen
  }

  function listen(listener: (change: TaskChange) => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Tasks that were claimed for somebody who has left meanwhile go back. */
  async function handOver(leases: Lease[], signal?: AbortSignal): Promise<Lease[]> {
    if (!signal?.aborted) return leases
    for (const { task, leaseToken } of leases) {
      await run('release', { taskId: task.taskId, leaseToken, reason: 'The worker left while it claimed' })
    }
    throw signal.reason
  }
}

function termsOf(request: ClaimRequest): ClaimTerms {
  const types = (request.types ?? []).map(canonicalTaskType)
  return {
    workerId: request.workerId,
    principal: request.principal,
    types,
    capabilities: request.capabilities ?? [],
    sessionId: request.sessionId ?? null,
    max: Math.min(Math.max(1, request.max ?? 1), MAX_CLAIM),
    leaseMs: boundedLease(request.leaseMs ?? DEFAULT_LEASE_MS),
    maxPriority: request.maxPriority ?? PRIORITY.max,
    taskId: request.taskId ?? null
  }
}

const boundedLease = (leaseMs: number): number => Math.min(Math.max(LEASE_MS.min, leaseMs), LEASE_MS.max)

const cut = (reason: string | undefined): string | null => reason?.slice(0, MAX_REASON_LENGTH) ?? null

const isFinal = ({ status }: Pick<Task, 'status'>): boolean => status !== 'queued' && status !== 'running'

function submittedOf({ position, ...entered }: Entered): Submitted {
  return { ...entered, ...(position !== null && { position }) }
}

function stateView({ isPaused, reason, since, queued, running }: QueueStateRow): QueueState {
  return { isPaused, queued, running, ...(reason !== null && { reason }), ...(since !== null && { since }) }
}
