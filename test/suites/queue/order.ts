/** Which task comes next. */
import { describe, expect, test } from 'vitest'
import { OVERTAKE_LIMIT, OVERTAKEN_TURN } from '../../../src/services/queue/api.ts'
import { type CreateQueue, claimAs, claimOne, noop } from './open.ts'

export function orderSuite(create: CreateQueue): void {
  describe('order', () => {
    test('higher priorities first, and first come first served within one', async () => {
      await using open = await create()
      for (const [taskId, priority] of [
        ['low', 1],
        ['first', 5],
        ['second', 5],
        ['high', 10]
      ] as const) {
        await open.queue.submit(noop({ taskId, priority }))
      }
      const order = (await claimAs(open.queue, 'w1', { max: 4 })).map(({ task }) => task.taskId)
      expect(order).toEqual(['high', 'first', 'second', 'low'])
    })

    test('one new high task comes before two hundred old low ones', async () => {
      await using open = await create()
      await Promise.all(Array.from({ length: 200 }, () => open.queue.submit(noop({ priority: 1 }))))
      await open.queue.submit(noop({ taskId: 'high', priority: 10 }))
      expect((await claimOne(open.queue)).task.taskId).toBe('high')
    })

    test('a task that a thousand claims have passed by comes within the next turn of the overtaken', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'old', priority: 1 }))
      let claims = 0
      for (;;) {
        await open.queue.submit(noop({ priority: 10 }))
        const { task, leaseToken } = await claimOne(open.queue)
        claims++
        await open.queue.complete({ taskId: task.taskId, leaseToken, outcome: { status: 'completed' } })
        if (task.taskId === 'old') break
        expect(claims).toBeLessThan(OVERTAKE_LIMIT + 2 * OVERTAKEN_TURN)
      }
      expect(claims).toBeGreaterThan(OVERTAKE_LIMIT)
    })

    test('a task that waits for its time delays no other, and comes when the time has come', async () => {
      await using open = await create()
      const notBefore = open.clock.now() + 60_000
      await open.queue.submit(noop({ taskId: 'later', priority: 10, notBefore }))
      await open.queue.submit(noop({ taskId: 'now', priority: 1 }))
      expect((await claimOne(open.queue)).task.taskId).toBe('now')
      const waiting = claimAs(open.queue, 'w1', {})
      expect(await waiting).toEqual([])
      const woken = open.queue.claim({ workerId: 'w1', principal: noop().submitter }, { waitMs: 120_000 })
      await new Promise(resolve => setTimeout(resolve, 20))
      open.clock.advance(60_001)
      expect((await woken).map(({ task }) => task.taskId)).toEqual(['later'])
    })
  })
}
