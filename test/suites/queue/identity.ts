/** One identity, one task. */
import { describe, expect, test } from 'vitest'
import { failing } from './failing.ts'
import { alice, bob, type CreateQueue, claimOne, noop } from './open.ts'

export function identitySuite(create: CreateQueue): void {
  describe('identity', () => {
    test('the same key with the same content is the task that there is, however often and at once it is sent', async () => {
      await using open = await create()
      const request = noop({ idempotencyKey: 'k', payload: { b: 1, a: [2] } })
      const answers = await Promise.all(Array.from({ length: 20 }, () => open.queue.submit(request)))
      expect(new Set(answers.map(({ taskId }) => taskId)).size).toBe(1)
      expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1)
      expect((await open.queue.list()).total).toBe(1)
    })

    test('the order of members in a payload makes no difference', async () => {
      await using open = await create()
      const first = await open.queue.submit(noop({ taskId: 't', payload: { a: 1, b: 2 } }))
      const second = await open.queue.submit(noop({ taskId: 't', payload: { b: 2, a: 1 } }))
      expect([first.isReplay, second.isReplay]).toEqual([false, true])
    })

    test.each([{ payload: { other: true } }, { type: 'other' }, { model: 'other' }])(
      'other content (%o) under a key or an id is refused and changes nothing',
      async content => {
        await using open = await create()
        const { taskId } = await open.queue.submit(noop({ idempotencyKey: 'k', taskId: 't' }))
        const before = await open.queue.get(taskId)
        await expect(open.queue.submit(noop({ idempotencyKey: 'k', ...content }))).rejects.toEqual(
          failing('IDEMPOTENCY_CONFLICT')
        )
        await expect(open.queue.submit(noop({ taskId: 't', ...content }))).rejects.toEqual(
          failing('IDEMPOTENCY_CONFLICT')
        )
        expect(await open.queue.get(taskId)).toEqual(before)
        expect((await open.queue.list()).total).toBe(1)
      }
    )

    test('keys belong to their submitter; ids to everybody', async () => {
      await using open = await create()
      const first = await open.queue.submit(noop({ idempotencyKey: 'k' }))
      const second = await open.queue.submit(noop({ idempotencyKey: 'k', submitter: bob }))
      expect(second.taskId).not.toBe(first.taskId)
      await open.queue.submit(noop({ taskId: 't' }))
      await expect(open.queue.submit(noop({ taskId: 't', submitter: bob }))).rejects.toEqual(
        failing('IDEMPOTENCY_CONFLICT')
      )
    })

    test('a finished task still answers to its key, until it is removed', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ idempotencyKey: 'k' }))
      const { leaseToken } = await claimOne(open.queue)
      await open.queue.complete({ taskId, leaseToken, outcome: { status: 'completed' } })
      expect(await open.queue.submit(noop({ idempotencyKey: 'k' }))).toMatchObject({ taskId, status: 'completed' })
      await open.queue.remove(taskId)
      expect((await open.queue.submit(noop({ idempotencyKey: 'k' }))).taskId).not.toBe(taskId)
    })

    test('a key stands for its task, though the id that comes with it is of a task that was cleared a moment ago', async () => {
      await using open = await create()
      const { queue } = open
      await queue.submit(noop({ taskId: 'x' }))
      const { leaseToken } = await claimOne(queue)
      await queue.complete({ taskId: 'x', leaseToken, outcome: { status: 'completed' } })
      const { taskId } = await queue.submit(noop({ idempotencyKey: 'k' }))
      const [, again] = await Promise.all([
        queue.clear('completed'),
        queue.submit(noop({ taskId: 'x', idempotencyKey: 'k' }))
      ])
      expect(again).toMatchObject({ taskId, isReplay: true })
      expect((await queue.list()).tasks.map(task => task.taskId)).toEqual([taskId])
    })

    test('a task keeps who submitted it, whoever runs it', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ submitter: bob }))
      expect((await claimOne(open.queue)).task.submitter).toEqual(bob)
      expect((await open.queue.get(taskId)).submitter).toEqual(bob)
      expect(alice).not.toEqual(bob)
    })
  })
}
