/** Looks into the store as batches become part of it: which claims were made, whether the counters are right, whether leases end. */
import { answer } from '../../src/services/queue/logic/read.ts'
import type { MemoryTables } from '../../src/services/queue/memory-tables.ts'
import type { ClaimTerms, Committed, Operation, TaskRow, Time } from '../../src/services/queue/store.ts'
import type { History } from './history.ts'
import type { DiskWatcher } from './world/disk.ts'
import type { World } from './world/world.ts'

/** Counting everything costs; every so-manieth batch is enough to see a counter that has gone wrong. */
const COUNT_EVERY = 10

/** In the calm no timer is later. */
const DEAD_LEASE_MS = 3000

export interface StoreWatcher extends DiskWatcher {
  /** Counts everything once more. */
  look(): void
  /** Whether any task waits or runs. */
  isBusy(): boolean
}

export function createWatcher(world: World, history: History, isCalm: () => boolean): StoreWatcher {
  let batches = 0
  let latest: MemoryTables | undefined

  return {
    onKept(batch, { outcomes }, time, at) {
      for (const [index, operation] of batch.entries()) {
        const outcome = outcomes[index]
        if (outcome && 'value' in outcome) see(operation, outcome.value, time, at)
      }
    },
    onApplied(tables, time) {
      latest = tables
      if (++batches % COUNT_EVERY === 0) this.look()
      if (isCalm()) expectNoDeadLease(tables, time)
    },
    onLost(batches) {
      const kinds = new Set(batches.flatMap(({ batch }) => batch.map(({ kind }) => kind)))
      const taskIds = new Set(batches.flatMap(({ batch, committed }) => touchedBy(batch, committed)))
      world.note('lost', [...kinds].join('+'), [...taskIds].join(' '))
      history.losses.push({ at: world.now(), kinds, taskIds })
    },
    onFault: message => history.fault(message),
    look() {
      if (latest) compareCounts(latest, history)
    },
    isBusy() {
      if (!latest) return false
      const { queued, running } = answer(latest, { kind: 'stats' }).counts
      return queued + running > 0
    }
  }

  /** An operation that was done. Each kind answers what `Operations` says. */
  function see(operation: Operation, value: unknown, time: Time, at: number): void {
    switch (operation.kind) {
      case 'claim':
        appear(operation.terms, at)
        record(operation.terms, (value as { rows: TaskRow[] }).rows, time, at)
        break
      case 'complete':
        if (!operation.next) break
        appear(operation.next, at)
        record(operation.next, (value as { next: TaskRow[] }).next, time, at)
        break
      case 'heartbeat':
        history.renewals.push({ token: operation.leaseToken, leaseMs: (value as { leaseMs: number }).leaseMs, at })
        break
      case 'release':
        history.releases.push({ token: operation.leaseToken, at })
        break
      case 'pause':
      case 'resume':
        history.switches.push({ kind: operation.kind, at, afterClaims: history.claims.length })
    }
  }

  function appear({ workerId, sessionId }: ClaimTerms, at: number): void {
    history.appearances.push({ workerId, sessionId, at })
  }

  function record({ principal }: ClaimTerms, rows: readonly TaskRow[], time: Time, at: number): void {
    for (const row of rows) {
      history.claims.push({
        taskId: row.taskId,
        createdAt: row.createdAt,
        token: row.leaseToken ?? '',
        workerId: row.workerId ?? '',
        principalId: principal.id,
        leaseMs: row.leaseMs ?? 0,
        at,
        wall: time.now,
        notBefore: row.notBefore
      })
    }
  }

  /** A timer ends leases, whether or not anybody claims. */
  function expectNoDeadLease(tables: MemoryTables, { steady }: Time): void {
    for (const row of tables.expired(steady - DEAD_LEASE_MS, 10)) {
      history.fault(`the lease ${row.leaseToken} of ${row.taskId} had long run out and nobody saw it`)
    }
  }
}

function touchedBy(batch: readonly Operation[], { changes }: Committed): string[] {
  const named = batch.flatMap(operation => ('taskId' in operation ? [operation.taskId] : []))
  return [...named, ...changes.map(({ taskId }) => taskId)]
}

/** What the counters say against what a full list shows. */
function compareCounts(tables: MemoryTables, history: History): void {
  const all = {
    status: null,
    types: [],
    workerId: null,
    tags: [],
    minPriority: 0,
    workflowId: null,
    order: 'oldest',
    limit: 1_000_000,
    after: null,
    offset: 0
  } as const
  const { rows } = answer(tables, { kind: 'list', query: all })
  const { counts, deadLetters, byType } = answer(tables, { kind: 'stats' })
  const counted = { queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
  let dead = 0
  const types: Record<string, { queued: number; running: number }> = {}
  for (const row of rows) {
    counted[row.status]++
    if (row.isDeadLetter) dead++
    if (row.status !== 'queued' && row.status !== 'running') continue
    const of = types[row.type] ?? { queued: 0, running: 0 }
    of[row.status]++
    types[row.type] = of
  }
  const said = text({ ...counts, deadLetters, byType })
  const seen = text({ ...counted, deadLetters: dead, byType: types })
  if (said !== seen) history.fault(`the counters say ${said}, the list shows ${seen}`)
}

const text = ({ byType, ...counts }: { byType: object; deadLetters: number }): string =>
  JSON.stringify([Object.entries(counts).sort(), Object.entries(byType).sort()])
