/** Claiming: which task a worker gets next. */
import { AppError } from '../../../core/errors.ts'
import { MAX_CLAIM, OVERTAKE_LIMIT, OVERTAKEN_TURN } from '../api.ts'
import { typeOf } from '../spec.ts'
import type { ClaimTerms, Operations, Pool, TaskRow, WorkerRow } from '../store.ts'
import { isFor, lapsesAt, seeBound } from './affinity.ts'
import type { Transaction } from './transaction.ts'
import { finish, take } from './transitions.ts'

type Claimed = Operations['claim']['answer']

export function claim(tx: Transaction, terms: ClaimTerms): Claimed {
  seeWorker(tx, terms)
  return claimFor(tx, terms)
}

/** For a worker that was seen in this operation. */
export function claimFor(tx: Transaction, terms: ClaimTerms): Claimed {
  const { tables } = tx
  const worker = tables.worker(terms.workerId)
  if (worker?.status !== 'active' || tables.tally.pausedAt !== null) return { rows: [], isFull: false }
  const places = worker.maxConcurrent - tables.runningCount(terms.workerId)
  const room = Math.min(terms.max, places)
  const rows: TaskRow[] = []
  while (rows.length < room) {
    const row = terms.taskId === null ? choose(tx, terms) : chooseNamed(tx, terms, terms.taskId)
    if (!row) break
    if (row.deadlineAt !== null && row.deadlineAt <= tx.time.now) {
      missDeadline(tx, row)
      continue
    }
    take(tx, row, terms)
    rows.push(row)
  }
  return { rows, isFull: places <= 0 }
}

export function missDeadline(tx: Transaction, row: TaskRow): void {
  const message = `The task was not finished by its deadline`
  finish(tx, row, { status: 'failed', error: { code: 'DEADLINE_EXCEEDED', message, retryable: false } })
}

/** Notes that a worker was here, known before or not. Before any change: FORBIDDEN if its id belongs to somebody else, NOT_FOUND if it was unregistered. */
export function seeWorker(tx: Transaction, terms: ClaimTerms): void {
  const { tables, time } = tx
  const known = tables.worker(terms.workerId)
  if (known && !isOwner(known, terms.principal)) throw notYours(terms.workerId)
  if (known?.status === 'unregistered') {
    throw new AppError('NOT_FOUND', `Worker "${terms.workerId}" was unregistered; register it again before it claims`)
  }
  const worker: WorkerRow = known ?? {
    workerId: terms.workerId,
    status: 'active',
    principal: terms.principal,
    capabilities: [...terms.types, ...terms.capabilities],
    maxConcurrent: MAX_CLAIM,
    resourceLimits: {},
    metadata: {},
    registeredAt: time.now,
    lastSeenAt: time.now,
    completed: 0,
    failed: 0
  }
  tables.putWorker({ ...worker, lastSeenAt: time.now })
  seeBound(tx, terms)
}

export const isOwner = (worker: WorkerRow, principal: { kind: string; id: string }): boolean =>
  worker.principal.kind === principal.kind && worker.principal.id === principal.id

export const notYours = (workerId: string): AppError =>
  new AppError('FORBIDDEN', `Worker "${workerId}" belongs to another caller; choose another worker id`)

/** Best first; but from time to time the oldest that was passed by too often. */
function choose({ tables, time }: Transaction, terms: ClaimTerms): TaskRow | undefined {
  const pools = [...tables.pools()].filter(pool => matches(pool, terms, time.steady))
  if (tables.tally.claims % OVERTAKEN_TURN === 0) {
    const oldest = least(
      pools,
      pool => tables.oldestReady(pool.poolId, terms.maxPriority),
      (a, b) => a.seq - b.seq
    )
    if (oldest && tables.tally.claims - oldest.claimsBefore > OVERTAKE_LIMIT) return oldest
  }
  return least(pools, pool => tables.firstReady(pool.poolId, terms.maxPriority), byRank)
}

function chooseNamed({ tables, time }: Transaction, terms: ClaimTerms, taskId: string): TaskRow | undefined {
  const row = tables.task(taskId)
  const pool = row && tables.pool(row.poolId)
  const isFree = row?.status === 'queued' && row.isReady === 1 && row.priority <= terms.maxPriority
  return isFree && pool && matches(pool, terms, time.steady) ? row : undefined
}

const byRank = (a: TaskRow, b: TaskRow): number => b.priority - a.priority || a.seq - b.seq

function least(
  pools: readonly Pool[],
  candidate: (pool: Pool) => TaskRow | undefined,
  order: (a: TaskRow, b: TaskRow) => number
): TaskRow | undefined {
  let best: TaskRow | undefined
  for (const pool of pools) {
    const row = candidate(pool)
    if (row && (!best || order(row, best) < 0)) best = row
  }
  return best
}

function matches(pool: Pool, terms: ClaimTerms, steady: number): boolean {
  const { types, capabilities } = terms
  if (pool.state !== 'open' || pool.waiting === 0) return false
  if (types.length > 0 && !types.includes(pool.type) && !types.includes(typeOf(pool.type))) return false
  if (!pool.requires.every(name => capabilities.includes(name))) return false
  return isFor(pool, terms) || steady >= lapsesAt(pool)
}
