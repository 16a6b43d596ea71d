/** What becomes of attempts that do not succeed. */
import { describe, expect, test } from 'vitest'
import { MAX_RELEASES, type Queue } from '../../../src/services/queue/api.ts'
import { failing } from './failing.ts'
import { alice, type CreateQueue, claimAs, claimOne, noop, settle } from './open.ts'

const failure = { status: 'failed', error: { code: 'BOOM', message: 'It failed' } } as const

async function failOnce(queue: Queue): Promise<void> {
  const { task, leaseToken } = await claimOne(queue)
  await queue.complete({ taskId: task.taskId, leaseToken, outcome: failure })
}

export function retriesSuite(create: CreateQueue): void {
  describe('retries', () => {
    test('a failed attempt is tried again after growing delays, and the last one makes a dead letter', async () => {
      await using open = await create()
      const retry = { maxAttempts: 3, baseMs: 1000, factor: 10, jitter: 0 }
      const { taskId } = await open.queue.submit(noop({ retry }))
      for (const delayMs of [1000, 10_000]) {
        await failOnce(open.queue)
        expect(await open.queue.get(taskId)).toMatchObject({ status: 'queued', error: { code: 'BOOM' } })
        open.clock.advance(delayMs - 1)
        await settle(open)
        expect(await claimAs(open.queue)).toEqual([])
        open.clock.advance(1)
        await settle(open)
      }
      await failOnce(open.queue)
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'failed', attempt: 3, isDeadLetter: true })
      expect((await open.queue.list({ status: 'dead_letter' })).total).toBe(1)
      expect((await open.queue.stats()).deadLetters).toBe(1)
    })

    test.each([
      [{ nonRetryable: ['BOOM'] }, failure],
      [{}, { ...failure, error: { ...failure.error, retryable: false } }]
    ])('an error that cannot pass by trying again ends the task at once (%o)', async (retry, outcome) => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry }))
      const { leaseToken } = await claimOne(open.queue)
      await open.queue.complete({ taskId, leaseToken, outcome })
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'failed', attempt: 1, isDeadLetter: false })
    })

    test('a lease that runs out uses up an attempt, so a task that kills its workers ends', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry: { maxAttempts: 2, baseMs: 0 } }))
      for (let attempt = 1; attempt <= 2; attempt++) {
        await claimOne(open.queue, `w${attempt}`)
        open.clock.advance(30_001)
        await settle(open)
      }
      expect(await open.queue.get(taskId)).toMatchObject({
        status: 'failed',
        isDeadLetter: true,
        error: { code: 'LEASE_EXPIRED' }
      })
    })

    test('an attempt longer than the task’s time limit fails though its lease is renewed', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ timeoutMs: 45_000, retry: { maxAttempts: 1 } }))
      const { leaseToken } = await claimOne(open.queue)
      for (let beat = 0; beat < 2; beat++) {
        open.clock.advance(20_000)
        await settle(open)
        await open.queue.heartbeat({ taskId, leaseToken })
      }
      open.clock.advance(5001)
      await settle(open)
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'failed', error: { code: 'DEADLINE_EXCEEDED' } })
      await expect(open.queue.heartbeat({ taskId, leaseToken })).rejects.toEqual(failing('STALE_LEASE'))
    })

    test.each(['waiting', 'running'])('a deadline ends a task that is %s', async state => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ deadlineAt: open.clock.now() + 10_000 }))
      if (state === 'running') await claimOne(open.queue)
      open.clock.advance(10_001)
      await settle(open)
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'failed', error: { code: 'DEADLINE_EXCEEDED' } })
      expect(await claimAs(open.queue)).toEqual([])
    })

    test('giving back uses up no attempt, and is bounded', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry: { maxAttempts: 1 } }))
      for (let time = 1; time <= MAX_RELEASES; time++) {
        const { leaseToken } = await claimOne(open.queue)
        expect(await open.queue.release({ taskId, leaseToken })).toEqual({ status: 'queued' })
      }
      const { leaseToken, task } = await claimOne(open.queue)
      expect(task.attempt).toBe(1)
      expect(await open.queue.release({ taskId, leaseToken })).toEqual({ status: 'failed' })
      expect(await open.queue.get(taskId)).toMatchObject({ error: { code: 'RELEASED_TOO_OFTEN' }, isDeadLetter: true })
    })

    test('what ended is repeated as a new task that names the old one, and the old one stays', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ payload: { n: 1 }, priority: 7, retry: { maxAttempts: 1 } }))
      await expect(open.queue.retry(taskId, { submitter: alice })).rejects.toEqual(failing('TASK_STATE'))
      await failOnce(open.queue)
      const before = await open.queue.get(taskId)
      const again = await open.queue.retry(taskId, { submitter: alice, retry: { maxAttempts: 5 } })
      expect(await open.queue.get(again.taskId)).toMatchObject({
        status: 'queued',
        payload: { n: 1 },
        priority: 7,
        retryOf: taskId,
        retryCount: 1,
        attempt: 0,
        retry: { maxAttempts: 5 }
      })
      expect(await open.queue.get(taskId)).toEqual(before)
    })

    test.each([
      [{ maxAttempts: 0 }, '/retry_policy/max_attempts'],
      [{ maxAttempts: 1.5 }, '/retry_policy/max_attempts'],
      [{ factor: 0.5 }, '/retry_policy/factor'],
      [{ jitter: 2 }, '/retry_policy/jitter']
    ])('a policy out of its bounds (%o) is refused', async (retry, path) => {
      await using open = await create()
      await expect(open.queue.submit(noop({ retry }))).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        issues: [expect.objectContaining({ path })]
      })
      expect((await open.queue.list()).total).toBe(0)
    })
  })
}
