/** Waiting, aborting, starting and stopping. */
import { describe, expect, test } from 'vitest'
import { failing } from './failing.ts'
import { alice, type CreateQueue, claimAs, claimOne, noop, settle, statusOf, turns } from './open.ts'

export function lifeSuite(create: CreateQueue): void {
  describe('waiting', () => {
    test('a claim that waits gets what comes', async () => {
      await using open = await create()
      const waiting = open.queue.claim({ workerId: 'w1', principal: alice }, { waitMs: 60_000 })
      await settle(open)
      await open.queue.submit(noop({ taskId: 'a' }))
      expect((await waiting).map(({ task }) => task.taskId)).toEqual(['a'])
    })

    test('of many that wait, each task goes to one', async () => {
      await using open = await create()
      const waiting = Array.from({ length: 8 }, (_, index) =>
        open.queue.claim({ workerId: `w${index}`, principal: alice }, { waitMs: 1000 })
      )
      await settle(open)
      await Promise.all(Array.from({ length: 5 }, (_, index) => open.queue.submit(noop({ taskId: `t${index}` }))))
      await settle(open)
      open.clock.advance(1001)
      const claimed = (await Promise.all(waiting)).flat().map(({ task }) => task.taskId)
      expect(claimed.sort()).toEqual(['t0', 't1', 't2', 't3', 't4'])
    })

    test('a claim that waits in vain ends empty when its time is over', async () => {
      await using open = await create()
      const waiting = open.queue.claim({ workerId: 'w1', principal: alice }, { waitMs: 1000 })
      await settle(open)
      open.clock.advance(1001)
      expect(await waiting).toEqual([])
    })

    test('who waits for a task gets it when it is final, or as it is when the time is over', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      const short = open.queue.wait(taskId, { waitMs: 500 })
      const long = open.queue.wait(taskId, { waitMs: 60_000 })
      await settle(open)
      open.clock.advance(501)
      expect((await short).status).toBe('running')
      await open.queue.complete({ taskId, leaseToken, outcome: { status: 'completed', result: 7 } })
      expect(await long).toMatchObject({ status: 'completed', result: 7 })
      expect(await open.queue.wait(taskId, { waitMs: 60_000 })).toMatchObject({ status: 'completed' })
      await expect(open.queue.wait('none', { waitMs: 60_000 })).rejects.toEqual(failing('NOT_FOUND'))
    })

    test('an aborted wait ends with the reason and takes no task with it', async () => {
      await using open = await create()
      for (const moment of ['before', 'during']) {
        const leaving = new AbortController()
        if (moment === 'before') leaving.abort(new Error('gone'))
        const waiting = open.queue.claim(
          { workerId: 'w1', principal: alice },
          { waitMs: 60_000, signal: leaving.signal }
        )
        const refused = expect(waiting).rejects.toThrow('gone')
        await settle(open)
        leaving.abort(new Error('gone'))
        await refused
      }
      const { taskId } = await open.queue.submit(noop())
      await settle(open)
      expect(await statusOf(open.queue, taskId)).toBe('queued')
    })

    test('a task claimed for somebody who left meanwhile goes back', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry: { maxAttempts: 1 } }))
      const leaving = new AbortController()
      const claiming = open.queue.claim({ workerId: 'w1', principal: alice }, { waitMs: 0, signal: leaving.signal })
      leaving.abort(new Error('gone'))
      await expect(claiming).rejects.toThrow('gone')
      await settle(open)
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'queued', attempt: 0 })
    })
  })

  describe('life', () => {
    test('starting and stopping twice is once; after the stop every call says so', async () => {
      await using open = await create()
      await Promise.all([open.queue.start(), open.queue.start()])
      const { taskId } = await open.queue.submit(noop())
      const waiting = claimAs(open.queue, 'w1', { types: ['none'] })
      expect(await waiting).toEqual([])
      const waited = open.queue.wait(taskId, { waitMs: 60_000 }).catch((error: unknown) => error)
      await settle(open)
      await Promise.all([open.queue.stop(), open.queue.stop()])
      await waited
      await expect(open.queue.submit(noop())).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
      await expect(open.queue.get(taskId)).rejects.toEqual(failing('SERVICE_UNAVAILABLE'))
    })

    test('what was asked for before the stop is answered', async () => {
      await using open = await create()
      const submitted = Promise.all(Array.from({ length: 20 }, () => open.queue.submit(noop())))
      await turns(0)
      await Promise.all([submitted, turns(1).then(() => open.queue.stop())])
      expect(await submitted).toHaveLength(20)
    })

    test('a queue that was stopped and started again ends leases by its timer', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      await claimOne(open.queue, 'w1', { leaseMs: 5000 })
      await open.queue.stop()
      await open.queue.start()
      const waiting = open.queue.claim({ workerId: 'w2', principal: alice }, { waitMs: 60_000 })
      await settle(open)
      open.clock.advance(5001)
      await settle(open)
      open.clock.advance(2000)
      expect((await waiting).map(({ task }) => task.taskId)).toEqual([taskId])
    })

    test.each([-7_200_000, 7_200_000])(
      'a lease outlives a restart by its length, though the wall clock jumped by %i ms',
      async jump => {
        await using open = await create()
        const { taskId } = await open.queue.submit(noop())
        const { leaseToken } = await claimOne(open.queue, 'w1', { leaseMs: 5000 })
        open.clock.jump(jump)
        await open.queue.stop()
        await open.queue.start()
        open.clock.advance(4000)
        await settle(open)
        await open.queue.heartbeat({ taskId, leaseToken })
        open.clock.advance(5001)
        await settle(open)
        await expect(open.queue.heartbeat({ taskId, leaseToken })).rejects.toEqual(failing('STALE_LEASE'))
      }
    )

    test('an unknown task is not found, whatever is asked of it', async () => {
      await using open = await create()
      const { queue } = open
      for (const ask of [
        () => queue.get('none'),
        () => queue.cancel('none'),
        () => queue.reprioritize('none', 5),
        () => queue.retry('none', { submitter: alice }),
        () => queue.heartbeat({ taskId: 'none', leaseToken: 'x' }),
        () => queue.complete({ taskId: 'none', leaseToken: 'x', outcome: { status: 'completed' } }),
        () => queue.release({ taskId: 'none', leaseToken: 'x' }),
        () => queue.worker('none'),
        () => queue.unregisterWorker('none', { principal: alice })
      ]) {
        await expect(ask()).rejects.toEqual(failing('NOT_FOUND'))
      }
    })
  })
}
