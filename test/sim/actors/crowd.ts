/** Two tasks that nobody is in a hurry for, passed by by more than a thousand that are, and one worker that takes a hundred at a time. */
import { LEASE_MS, MAX_CLAIM } from '../../../src/services/queue/api.ts'
import type { Caller } from '../world/calls.ts'
import { actor } from './work.ts'

const ROUNDS = 10
export const UNHURRIED = ['unhurried1', 'unhurried2']

export async function crowd(caller: Caller): Promise<void> {
  const submit = (taskId: string, priority: number) =>
    caller.call('submit', [{ taskId, type: 'count', payload: {}, priority, submitter: actor }])
  const request = { workerId: 'crowded', principal: actor, max: MAX_CLAIM, leaseMs: LEASE_MS.max }
  for (const taskId of UNHURRIED) await submit(taskId, 1)
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(Array.from({ length: MAX_CLAIM }, (_, index) => submit(`hurried${round}-${index}`, 9)))
    const leases = await caller.call('claim', [request])
    // What is claimed must be off its hands before it gets more.
    const ends = leases.map(({ task: { taskId }, leaseToken }) =>
      caller.call('complete', [{ taskId, leaseToken, outcome: { status: 'completed', result: { token: leaseToken } } }])
    )
    await Promise.all(ends)
  }
}
