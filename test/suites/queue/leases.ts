/** Leases: who may finish a task. */
import { describe, expect, test } from 'vitest'
import { failing } from './failing.ts'
import { alice, type CreateQueue, claimAs, claimOne, noop, settle, statusOf } from './open.ts'

export function leasesSuite(create: CreateQueue): void {
  describe('leases', () => {
    test('a lease that runs out gives the task to another, and the completion of the first is refused', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry: { baseMs: 0 } }))
      const first = await claimOne(open.queue, 'w1')
      open.clock.advance(30_001)
      await settle(open)
      const second = await claimOne(open.queue, 'w2')
      expect(second.leaseToken > first.leaseToken).toBe(true)
      const late = open.queue.complete({
        taskId,
        leaseToken: first.leaseToken,
        outcome: { status: 'completed', result: 1 }
      })
      await expect(late).rejects.toEqual(failing('STALE_LEASE'))
      await open.queue.complete({ taskId, leaseToken: second.leaseToken, outcome: { status: 'completed', result: 2 } })
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'completed', result: 2, attempt: 2 })
    })

    test('a peer that shows the token of another’s claim is refused, and the holder goes on', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const holder = { kind: 'peer', id: 'peer:a' } as const
      const liar = { kind: 'peer', id: 'peer:b' } as const
      const { leaseToken } = await claimOne(open.queue, 'w1', { principal: holder })
      await claimAs(open.queue, 'w2', { principal: liar })
      const shown = { taskId, leaseToken, principal: liar }
      const done = (result: string) => ({ status: 'completed' as const, result })
      await expect(open.queue.heartbeat(shown)).rejects.toEqual(failing('STALE_LEASE'))
      await expect(open.queue.release(shown)).rejects.toEqual(failing('STALE_LEASE'))
      await expect(open.queue.complete({ ...shown, outcome: done('forged') })).rejects.toEqual(failing('STALE_LEASE'))
      await open.queue.heartbeat({ ...shown, principal: holder })
      await open.queue.complete({ ...shown, principal: holder, outcome: done('right') })
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'completed', result: 'right', attempt: 1 })
    })

    test('heartbeats keep a lease for as long as they come', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      for (let beat = 0; beat < 30; beat++) {
        open.clock.advance(20_000)
        await settle(open)
        await open.queue.heartbeat({ taskId, leaseToken })
      }
      expect(await statusOf(open.queue, taskId)).toBe('running')
      expect((await open.queue.get(taskId)).attempt).toBe(1)
    })

    test.each([3_600_000, -3_600_000])(
      'a wall clock that jumps by %i ms neither ends nor prolongs a lease',
      async jumpMs => {
        await using open = await create()
        const { taskId } = await open.queue.submit(noop({ retry: { baseMs: 0 } }))
        await claimOne(open.queue)
        open.clock.jump(jumpMs)
        open.clock.advance(29_000)
        await settle(open)
        await open.queue.submit(noop({ taskId: 'other' }))
        expect(await statusOf(open.queue, taskId)).toBe('running')
        open.clock.advance(1001)
        await settle(open)
        expect(await statusOf(open.queue, taskId)).toBe('queued')
      }
    )

    test('the last completion of a worker that leaves is answered again too, though it asked for more', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue, 'w1')
      await open.queue.unregisterWorker('w1', { graceful: true, principal: alice })
      const next = { workerId: 'w1', principal: alice }
      const completion = { taskId, leaseToken, outcome: { status: 'completed' }, next } as const
      expect(await open.queue.complete(completion)).toEqual({ status: 'completed', isReplay: false, next: [] })
      expect(await open.queue.complete(completion)).toEqual({ status: 'completed', isReplay: true, next: [] })
    })

    test('a completion that is sent again answers what the first one did', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      const completion = { taskId, leaseToken, outcome: { status: 'completed', result: 1 } } as const
      expect(await open.queue.complete(completion)).toMatchObject({ status: 'completed', isReplay: false })
      expect(await open.queue.complete(completion)).toMatchObject({ status: 'completed', isReplay: true })
    })
  })
}
