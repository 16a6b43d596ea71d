/** Lists, pages, positions, counts. */
import { describe, expect, test } from 'vitest'
import type { TaskQuery } from '../../../src/services/queue/api.ts'
import { type CreateQueue, claimOne, noop } from './open.ts'

export function listsSuite(create: CreateQueue): void {
  describe('lists', () => {
    test('pages hold every task once, in both orders, while others come and go', async () => {
      await using open = await create()
      for (let index = 0; index < 25; index++) await open.queue.submit(noop({ taskId: `t${index}` }))
      for (const order of ['oldest', 'newest'] as const) {
        const seen: string[] = []
        let cursor: string | undefined
        do {
          const page = await open.queue.list({ order, limit: 7, ...(cursor && { cursor }) })
          expect(page.total).toBeGreaterThanOrEqual(25)
          seen.push(...page.tasks.map(({ taskId }) => taskId))
          cursor = page.nextCursor
          await open.queue.submit(noop({ taskId: `new-${order}-${seen.length}` }))
        } while (cursor)
        const old = seen.filter(taskId => taskId.startsWith('t'))
        expect(old).toHaveLength(25)
        expect(new Set(seen).size).toBe(seen.length)
        expect(old).toEqual(
          [...old].sort((a, b) => (order === 'oldest' ? 1 : -1) * (Number(a.slice(1)) - Number(b.slice(1))))
        )
      }
    })

    test('a cursor of another list is refused', async () => {
      await using open = await create()
      for (let index = 0; index < 3; index++) await open.queue.submit(noop())
      const { nextCursor = '' } = await open.queue.list({ limit: 1 })
      expect((await open.queue.list({ limit: 2, cursor: nextCursor })).tasks).toHaveLength(2)
      for (const cursor of [nextCursor, 'nonsense']) {
        await expect(open.queue.list({ limit: 1, status: 'queued', cursor })).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          issues: [expect.objectContaining({ path: '/cursor' })]
        })
      }
    })

    test.each<[TaskQuery, string[]]>([
      [{ status: 'running' }, ['run']],
      [{ workerId: 'w1' }, ['run']],
      [{ types: ['embeddings'] }, ['embed']],
      [{ tags: ['red'] }, ['red', 'both']],
      [{ tags: ['red', 'blue'] }, ['both']],
      [{ minPriority: 6 }, ['run', 'both']],
      [{ workflowId: 'wf' }, ['both']],
      [{ offset: 3 }, ['both']],
      [{ status: 'failed' }, []]
    ])('filters choose (%o)', async (query, expected) => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'run', priority: 10 }))
      await open.queue.submit(noop({ taskId: 'red', tags: ['red'] }))
      await open.queue.submit(noop({ taskId: 'embed', type: 'embedding' }))
      await open.queue.submit(noop({ taskId: 'both', tags: ['blue', 'red'], priority: 6, workflowId: 'wf' }))
      await claimOne(open.queue, 'w1')
      const page = await open.queue.list(query)
      expect(page.tasks.map(({ taskId }) => taskId)).toEqual(expected)
      expect(page.total).toBe(expected.length + (query.offset ?? 0))
      expect(page.isTotalExact).toBe(true)
    })

    test('a task waits behind those of higher priority and those that came before', async () => {
      await using open = await create()
      expect(await open.queue.submit(noop({ taskId: 'a' }))).toMatchObject({ position: 0 })
      expect(await open.queue.submit(noop({ taskId: 'b' }))).toMatchObject({ position: 1 })
      expect(await open.queue.submit(noop({ taskId: 'c', priority: 9 }))).toMatchObject({ position: 0 })
      expect(await open.queue.submit(noop({ taskId: 'd', type: 'other' }))).toMatchObject({ position: 3 })
      expect(await Promise.all(['a', 'b', 'c', 'd'].map(open.queue.position))).toEqual([1, 2, 0, 3])
      await claimOne(open.queue)
      expect(await open.queue.position('c')).toBeUndefined()
      expect(await open.queue.position('a')).toBe(0)
    })

    test('counts agree with the tasks', async () => {
      await using open = await create()
      for (let index = 0; index < 6; index++) await open.queue.submit(noop({ type: index % 2 ? 'odd' : 'even' }))
      const first = await claimOne(open.queue)
      await claimOne(open.queue)
      open.clock.advance(100)
      await open.queue.complete({
        taskId: first.task.taskId,
        leaseToken: first.leaseToken,
        outcome: { status: 'completed' }
      })
      expect(await open.queue.stats()).toMatchObject({
        counts: { queued: 4, running: 1, completed: 1, failed: 0, cancelled: 0 },
        byType: { even: { queued: 2, running: 0 }, odd: { queued: 2, running: 1 } },
        meanRunMs: 100,
        meanWaitMs: 0,
        history: [{ submitted: 6, completed: 1, failed: 0, cancelled: 0 }]
      })
    })
  })
}
