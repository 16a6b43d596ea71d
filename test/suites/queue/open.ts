/** What the parts of the queue's suite share: a queue on a clock that the test moves, and actors. */
import type { Principal } from '../../../src/core/principal.ts'
import type { Queue, Submission, Task } from '../../../src/services/queue/api.ts'
import type { ManualClock } from '../../helpers/manual-clock.ts'

/** A started, empty queue of a test's own. */
export interface OpenQueue extends AsyncDisposable {
  queue: Queue
  clock: ManualClock
  /** What the queue has pinned. */
  pins: () => Promise<string[]>
}

export type CreateQueue = (options?: { keepFinished?: number; keepFinishedDays?: number }) => Promise<OpenQueue>

export const alice: Principal = { kind: 'local', id: 'local:alice' }

export const bob: Principal = { kind: 'token', id: 'token:bob' }

export const noop = (more: Partial<Submission> = {}): Submission => ({
  type: 'noop',
  payload: {},
  submitter: alice,
  ...more
})

/** Claims as `workerId`, one task unless told otherwise. */
export async function claimAs(queue: Queue, workerId = 'w1', more: object = {}) {
  return await queue.claim({ workerId, principal: alice, ...more })
}

export async function claimOne(queue: Queue, workerId = 'w1', more: object = {}) {
  const [lease] = await claimAs(queue, workerId, more)
  if (!lease) throw new Error(`There was nothing to claim for ${workerId}`)
  return lease
}

export const statusOf = async (queue: Queue, taskId: string): Promise<Task['status']> =>
  (await queue.get(taskId)).status

/** Waits until what the clock or a call has set off is done, in whatever thread: answers come in the order of the questions. */
export async function settle({ queue }: OpenQueue): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await turns(3)
    // A stopped queue has nothing left to do.
    await queue.stats().catch(() => {})
  }
}

export const turns = async (count = 10): Promise<void> => {
  for (let index = 0; index < count; index++) await new Promise(resolve => setImmediate(resolve))
}
