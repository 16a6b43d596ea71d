/** The tables over SQLite and those in memory are the same to the queue's logic, whatever is done to them. */
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beginAnew } from '../../../src/services/queue/logic/begin-anew.ts'
import { execute } from '../../../src/services/queue/logic/execute.ts'
import { answer } from '../../../src/services/queue/logic/read.ts'
import { createMemoryTables } from '../../../src/services/queue/memory-tables.ts'
import { demandsOf } from '../../../src/services/queue/spec.ts'
import { STEPS } from '../../../src/services/queue/sqlite-schema.ts'
import { createSqliteTables } from '../../../src/services/queue/sqlite-tables.ts'
import type { ClaimTerms, Committed, Operation, Query, TaskSpec, Time } from '../../../src/services/queue/store.ts'
import { poolKey } from '../../../src/services/queue/tables.ts'
import { nextEpoch } from '../../../src/services/queue/token.ts'

const submitter = { kind: 'local', id: 'alice' } as const
const IDS = ['a', 'b', 'c', 'd', 'e', 'f']
const WORKERS = ['w1', 'w2']
const report = { progress: null, logs: [] }

const taskId = fc.constantFrom(...IDS)
const priority = fc.integer({ min: 1, max: 10 })
/** Mostly absent. */
const seldom = <T, N>(from: fc.Arbitrary<T>, absent: N) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(absent) }, { weight: 1, arbitrary: from })
const orNull = <T>(from: fc.Arbitrary<T>) => seldom(from, null)
const someTags = fc.subarray(['red', 'blue'])

/** What becomes an operation when it is known what was claimed: a lease is the n-th of those handed out. */
type Step =
  | Operation
  | {
      kind: 'settle'
      how: 'complete' | 'fail' | 'cancel' | 'release' | 'heartbeat'
      nth: number
      next: ClaimTerms | null
    }

const terms: fc.Arbitrary<ClaimTerms> = fc.record({
  workerId: fc.constantFrom(...WORKERS),
  principal: fc.constant(submitter),
  types: fc.constantFrom([], [], ['x']),
  capabilities: fc.subarray(['gpu']),
  sessionId: orNull(fc.constant('s')),
  max: fc.integer({ min: 1, max: 4 }),
  leaseMs: fc.constantFrom(1000, 30_000),
  maxPriority: fc.constantFrom(10, 10, 5),
  taskId: orNull(taskId)
})

const submit: fc.Arbitrary<Step> = fc
  .record({
    taskId,
    type: fc.constantFrom('x', 'y'),
    priority,
    key: orNull(fc.constantFrom('k1', 'k2')),
    payloadCid: orNull(fc.constantFrom('c1', 'c2')),
    workflowId: orNull(fc.constant('flow')),
    notBefore: orNull(fc.integer({ min: 0, max: 90_000 })),
    deadlineAt: orNull(fc.integer({ min: 0, max: 200_000 })),
    tags: someTags,
    requires: fc.constantFrom([], [], [], ['gpu']),
    timeoutMs: seldom(fc.constant(5000), undefined),
    stickyWorkerId: seldom(fc.constant('w2'), undefined),
    sessionId: seldom(fc.constant('s'), undefined),
    maxAttempts: fc.integer({ min: 1, max: 2 })
  })
  .map(({ key, payloadCid, tags, requires, maxAttempts, timeoutMs, stickyWorkerId, sessionId, ...task }) => {
    const spec: TaskSpec = {
      submitter,
      tags,
      requires,
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(stickyWorkerId !== undefined && { stickyWorkerId }),
      ...(sessionId !== undefined && { sessionId }),
      retry: { maxAttempts, baseMs: 1000, factor: 2, maxMs: 60_000, jitter: 0.1, nonRetryable: [] }
    }
    return {
      kind: 'submit',
      task: {
        ...task,
        model: '',
        payloadJson: payloadCid === null ? '{}' : null,
        payloadCid,
        identity: key,
        spec: JSON.stringify(spec),
        demands: poolKey(demandsOf(task.type, spec))
      }
    }
  })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: submit },
  { weight: 6, arbitrary: terms.map(terms => ({ kind: 'claim' as const, terms })) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      how: fc.constantFrom('complete', 'fail', 'cancel', 'release', 'heartbeat'),
      nth: fc.nat(20),
      next: orNull(terms)
    })
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('sweep' as const),
      limit: fc.integer({ min: 1, max: 3 }),
      keepFinishedMs: fc.constantFrom(100_000, 1_000_000_000),
      keepFinished: fc.constantFrom(2, 1000),
      unpinned: fc.subarray(['c1', 'c2'])
    })
  },
  fc.record({ kind: fc.constant('cancel' as const), taskId, reason: fc.constant('why'), force: fc.boolean() }),
  fc.record({ kind: fc.constant('reprioritize' as const), taskId, priority }),
  fc.record({
    kind: fc.constant('retry' as const),
    taskId,
    newTaskId: fc.uuid(),
    submitter: fc.constant(submitter),
    retry: fc.constant({})
  }),
  fc.record({ kind: fc.constant('remove' as const), taskId }),
  fc.constant({ kind: 'pause' as const, reason: null }),
  fc.constant({ kind: 'resume' as const }),
  fc.record({
    kind: fc.constant('clear' as const),
    status: fc.constantFrom('queued', 'queued', 'completed', 'failed', 'cancelled')
  }),
  fc.record({
    kind: fc.constant('unregisterWorker' as const),
    workerId: fc.constantFrom(...WORKERS),
    graceful: fc.boolean(),
    principal: fc.constant(submitter)
  })
)

const query: fc.Arbitrary<Query> = fc
  .record({
    status: orNull(fc.constantFrom('queued', 'running', 'completed', 'failed', 'cancelled', 'dead_letter')),
    types: fc.constantFrom([], [], ['x'], ['x', 'y']),
    workerId: orNull(fc.constantFrom(...WORKERS)),
    tags: fc.constantFrom([], [], ['red'], ['red', 'blue']),
    minPriority: fc.constantFrom(0, 0, 5),
    workflowId: orNull(fc.constant('flow')),
    order: fc.constantFrom('oldest', 'newest'),
    limit: fc.integer({ min: 1, max: 5 }),
    after: orNull(fc.nat(20)),
    offset: fc.constantFrom(0, 0, 2)
  })
  .map(query => ({ kind: 'list', query }))

const QUESTIONS: Query[] = [
  ...IDS.flatMap((taskId): Query[] => [
    { kind: 'task', taskId },
    { kind: 'position', taskId }
  ]),
  { kind: 'stats' },
  ...WORKERS.map((workerId): Query => ({ kind: 'worker', workerId })),
  { kind: 'holdsBody', cid: 'c1' }
]

const turn = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  passedMs: fc.constantFrom(0, 10, 1500, 40_000, 200_000),
  jumpMs: fc.constantFrom(0, 0, 0, -3_600_000, 3_600_000),
  ending: fc.constantFrom('commit', 'commit', 'commit', 'commit', 'rollback', 'reopen'),
  lists: fc.array(query, { minLength: 1, maxLength: 3 })
})

test('random operations, rollbacks and openings have the same outcomes and answers over both', () => {
  const history = (turns: (typeof turn extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const database = new DatabaseSync(':memory:')
    database.exec(STEPS.join('\n'))
    const time: Time = { now: 1_700_000_000_000, steady: 1_700_000_000_000 }
    let memory = createMemoryTables()
    let sqlite = createSqliteTables(database)
    const leases: { taskId: string; leaseToken: string }[] = []

    function open(image = memory.image()) {
      memory = createMemoryTables({ ...image, epoch: nextEpoch(image.epoch, time.now) })
      beginAnew(memory, time)
      sqlite = createSqliteTables(database)
      sqlite.beginEpoch(time.now)
      beginAnew(sqlite, time)
      sqlite.flush()
    }
    open()

    for (const { steps, passedMs, jumpMs, ending, lists } of turns) {
      time.now += passedMs + jumpMs
      time.steady += passedMs
      const batch = steps.map(one => operationOf(one, leases, time))
      const before = memory.image()
      database.exec('BEGIN')
      const ours = execute(sqlite, structuredClone(batch), time)
      const theirs = execute(memory, structuredClone(batch), time)
      expect(ours).toEqual(theirs)
      if (ending === 'rollback') {
        database.exec('ROLLBACK')
        open(before)
      } else {
        sqlite.flush()
        database.exec('COMMIT')
        note(theirs, leases)
        if (ending === 'reopen') open()
      }
      for (const question of [...QUESTIONS, ...lists]) {
        expect(answer(sqlite, question), JSON.stringify(question)).toEqual(answer(memory, question))
      }
    }
    database.close()
  }
  fc.assert(fc.property(fc.array(turn, { minLength: 1, maxLength: 25 }), history), { numRuns: 200 })
})

function operationOf(step: Step, leases: readonly { taskId: string; leaseToken: string }[], { now }: Time): Operation {
  if (step.kind === 'submit') {
    const { notBefore, deadlineAt } = step.task
    const from = (ms: number | null) => (ms === null ? null : now + ms)
    return { kind: 'submit', task: { ...step.task, notBefore: from(notBefore), deadlineAt: from(deadlineAt) } }
  }
  if (step.kind !== 'settle') return step
  const lease = leases.at(-1 - step.nth) ?? { taskId: 'a', leaseToken: 'none' }
  if (step.how === 'release') return { kind: 'release', ...lease, reason: null }
  if (step.how === 'heartbeat') {
    const news = { progress: { fraction: 0.5 }, logs: [{ at: now, stream: 'log' as const, message: 'on my way' }] }
    return { kind: 'heartbeat', ...lease, leaseMs: null, report: news }
  }
  const outcome = {
    complete: { status: 'completed', resultJson: '1', resultCid: 'c2' },
    fail: { status: 'failed', error: { code: 'BROKEN', message: 'It broke' } },
    cancel: { status: 'cancelled', reason: null }
  } as const
  return { kind: 'complete', ...lease, outcome: outcome[step.how], report, next: step.next }
}

function note({ outcomes }: Committed, leases: { taskId: string; leaseToken: string }[]): void {
  for (const outcome of outcomes) {
    if (!('value' in outcome)) continue
    const value = Object(outcome.value)
    for (const { taskId, leaseToken } of [...(value.rows ?? []), ...(value.next ?? [])])
      leases.push({ taskId, leaseToken })
  }
}
