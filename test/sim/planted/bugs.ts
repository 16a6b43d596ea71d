/** Bugs that a queue may have: each is a few edits of the shipping sources, and the simulation must notice each. */

export interface PlantedBug {
  name: string
  edits: readonly Edit[]
}

export interface Edit {
  /** Below `src/`. */
  file: string
  find: string
  replace: string
}

export const bug = (name: string, ...edits: readonly [file: string, find: string, replace: string][]): PlantedBug => ({
  name,
  edits: edits.map(([file, find, replace]) => ({ file, find, replace }))
})

const LOGIC = 'services/queue/logic'
const QUEUE = 'services/queue/queue.ts'
const SETTLE = `${LOGIC}/settle.ts`
const CLAIM = `${LOGIC}/claim.ts`
const SWEEP = `${LOGIC}/sweep.ts`
const TRANSITIONS = `${LOGIC}/transitions.ts`

export const QUEUE_BUGS: readonly PlantedBug[] = [
  bug('a completion counts whatever its token', [
    SETTLE,
    'if ((!isReplay && row.leaseToken !== leaseToken) || isForeign(tx, row, principal))\n    throw',
    "if (!isReplay && row.status !== 'running') throw"
  ]),
  bug('a token has no epoch', [
    'services/queue/memory-tables.ts',
    'leaseToken(epoch, ++tokens)',
    'leaseToken(0, ++tokens)'
  ]),
  bug('an opening begins no new epoch', [
    'services/queue/token.ts',
    'return Math.max(last + 1, Math.floor(nowMs / 1000))',
    'return Math.max(last, 1)'
  ]),
  bug('a heartbeat does not renew the lease', [
    SETTLE,
    'row.leaseUntil = Math.min(time.steady + renewedMs',
    'Math.min(time.steady + renewedMs'
  ]),
  bug('a heartbeat of a lost lease is answered', [
    SETTLE,
    '  if (row.leaseToken !== leaseToken || isForeign(tx, row, principal)) throw staleLease(taskId, row.status)\n  const renewedMs',
    "  if (row.status !== 'running') throw staleLease(taskId, row.status)\n  const renewedMs"
  ]),
  bug('attempts are not counted', [TRANSITIONS, '  row.attempt++\n', '']),
  bug('a release uses up an attempt', [`${LOGIC}/attempts.ts`, '  row.attempt--\n', '']),
  bug('a task is tried again for ever', [
    `${LOGIC}/attempts.ts`,
    'const isUsedUp = row.attempt >= retry.maxAttempts',
    'const isUsedUp = row.attempt > 1000'
  ]),
  bug('a retry does not wait', [
    `${LOGIC}/attempts.ts`,
    'requeue(tx, row, tx.time.now + delayMs(retry, row.attempt, row.taskId))',
    'requeue(tx, row, null)'
  ]),
  bug(
    'a lease that ran out is seen by the next claim only',
    [SWEEP, 'for (const row of tables.expired(time.steady, limit)) expire(tx, row)\n', ''],
    ['services/queue/memory-tables.ts', "...least('steady', among(running), row => row.leaseUntil),", ''],
    [CLAIM, 'import type { Transaction }', "import { expire } from './settle.ts'\nimport type { Transaction }"],
    [
      CLAIM,
      '  const worker = tables.worker(terms.workerId)\n',
      '  for (const row of tables.expired(tx.time.steady, 1000)) expire(tx, row)\n  const worker = tables.worker(terms.workerId)\n'
    ]
  ),
  bug(
    'a submission is acknowledged before it is stored',
    [QUEUE, "return submittedOf(await run('submit', {", "void run('submit', {"],
    [
      QUEUE,
      'payloadCid: body.cid } }))\n',
      "payloadCid: body.cid } }).catch(() => {})\n      return { taskId: task.taskId, status: 'queued', isReplay: false }\n"
    ]
  ),
  bug('a refused completion is answered as done', [
    'services/queue/batcher.ts',
    'const outcome = committed.outcomes[index]',
    "const own = committed.outcomes[index]\n      const isStale = own && 'refusal' in own && batch[index]?.operation.kind === 'complete'\n      const outcome = isStale ? { value: { status: 'completed', isReplay: false, next: [] } } : own"
  ]),
  bug('identities are forgotten by a restart', [
    'services/queue/memory-tables.ts',
    'for (const row of image?.rows ?? []) keep(row)',
    'for (const row of image?.rows ?? []) keep({ ...row, identity: null })'
  ]),
  bug('a late completion overwrites a cancellation', [
    SETTLE,
    'if ((!isReplay && row.leaseToken !== leaseToken) || isForeign(tx, row, principal))\n    throw',
    "if (!isReplay && row.leaseToken !== leaseToken && row.status !== 'cancelled') throw"
  ]),
  bug('a completion that is sent again is refused', [
    SETTLE,
    'const isReplay = kept?.settledToken === leaseToken',
    'const isReplay = kept?.settledToken === leaseToken && false'
  ]),
  bug('a request to cancel a running task is lost', [
    `${LOGIC}/operate.ts`,
    "    tables.update(row)\n    announce(tx, row, 'cancel-requested')",
    "    announce(tx, row, 'cancel-requested')"
  ]),
  bug(
    'a pause is ignored by a completion that claims more',
    [
      CLAIM,
      '  return claimFor(tx, terms)\n',
      '  return tx.tables.tally.pausedAt === null ? claimFor(tx, terms) : { rows: [], isFull: false }\n'
    ],
    [CLAIM, "worker?.status !== 'active' || tables.tally.pausedAt !== null", "worker?.status !== 'active'"]
  ),
  bug('clearing leaves pools of delayed tasks', [
    `${LOGIC}/operate.ts`,
    "if (pool.state === 'open' && pool.waiting > 0)",
    "if (pool.state === 'open' && tables.firstReady(pool.poolId, 10))"
  ]),
  bug('an expiry is not counted', [
    SETTLE,
    '  const isTimeout =',
    '  tx.tables.tally.counts.running++\n  const isTimeout ='
  ]),
  bug('who is overtaken is never served', [CLAIM, 'claims % OVERTAKEN_TURN === 0', 'claims % OVERTAKEN_TURN === -1']),
  bug('leases go by the wall clock', [
    QUEUE,
    'steady: anchor.now + clock.monotonic() - anchor.monotonic',
    'steady: clock.now()'
  ]),
  bug('leases go by the last opening after a restart', [
    `${LOGIC}/begin-anew.ts`,
    'tables.expired(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)',
    'tables.expired(-1, 1)'
  ]),
  bug('an affinity never lapses', [CLAIM, 'isFor(pool, terms) || steady >= lapsesAt(pool)', 'isFor(pool, terms)']),
  bug(
    'nobody is told that an affinity has lapsed',
    [SWEEP, '  lapse(tx)\n', ''],
    [SWEEP, 'const lapseAt = nextLapse(tx)', 'const lapseAt: number | undefined = undefined && nextLapse(tx)']
  ),
  bug('one of two affinities holds the other up', [
    `${LOGIC}/affinity.ts`,
    'if (isBound(pool) && isFor(pool, comer))',
    'if (isBound(pool) && (pool.sessionId === comer.sessionId || pool.stickyWorkerId === comer.workerId))'
  ]),
  bug('an arrival between a claim and its wait is missed', [
    QUEUE,
    "const seen = arrivals\n        const ended = endings\n        const { rows, isFull: hasNoPlace } = await run('claim', { terms })",
    "const ended = endings\n        const { rows, isFull: hasNoPlace } = await run('claim', { terms })\n        const seen = arrivals"
  ]),
  bug('a task that comes back wakes nobody', [
    QUEUE,
    "if (isFreed || [...left.values()].includes('queued')) offer()",
    "if (isFreed || changes.some(({ event }) => event === 'submitted')) offer()"
  ]),
  bug('who waits is left alone by the stop', [QUEUE, '    isOpen = false\n    work.wake()\n', '    isOpen = false\n']),
  bug('a body is let go while a task holds it', [SWEEP, ' && !tables.holdsBody(cid)', '']),
  bug('a task loses its pool when it is claimed last', [TRANSITIONS, '  pool.waiting++\n', '  pool.waiting = 1\n']),
  bug('a worker goes on after its lease has ended', [
    'services/workers/lease-keeper.ts',
    '    else lose(',
    '    else void ('
  ]),
  bug(
    'a worker runs a task again when its completion is not answered',
    [
      'services/workers/settle.ts',
      'if (!isRefusal(error)) await pause(clock, retryMs)',
      'if (!isRefusal(error)) throw error'
    ],
    [
      'services/workers/shift.ts',
      "log.error('a worker failed', { worker_id: workerId, error })",
      'start(lease, askedAt)'
    ]
  )
]
