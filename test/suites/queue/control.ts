/** What an operator does: cancel, reprioritize, pause, clear, remove; and what is kept. */
import { describe, expect, test } from 'vitest'
import type { TaskChange } from '../../../src/services/queue/api.ts'
import { failing } from './failing.ts'
import { alice, type CreateQueue, claimAs, claimOne, noop, settle, statusOf, turns } from './open.ts'

const done = { status: 'completed', result: 'done' } as const

export function controlSuite(create: CreateQueue): void {
  describe('cancelling', () => {
    test('ends a waiting task at once, and nobody gets it', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      expect(await open.queue.cancel(taskId, { reason: 'changed my mind' })).toMatchObject({
        status: 'cancelled',
        cancelReason: 'changed my mind'
      })
      expect(await claimAs(open.queue)).toEqual([])
      await expect(open.queue.cancel(taskId)).rejects.toEqual(failing('TASK_STATE'))
    })

    test('asks the worker of a running task, by its heartbeat and by the stream', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      const leaving = new AbortController()
      const heard = open.queue.cancellations('w1', leaving.signal)[Symbol.asyncIterator]().next()
      await turns(1)
      expect(await open.queue.cancel(taskId, { reason: 'stop' })).toMatchObject({ status: 'running' })
      expect((await heard).value).toMatchObject({ taskId })
      leaving.abort()
      expect((await open.queue.heartbeat({ taskId, leaseToken })).cancel).toEqual({ reason: 'stop' })
      await open.queue.complete({ taskId, leaseToken, outcome: { status: 'cancelled' } })
      expect(await statusOf(open.queue, taskId)).toBe('cancelled')
    })

    test('comes too late for a task that is finished all the same', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      await open.queue.cancel(taskId)
      await open.queue.complete({ taskId, leaseToken, outcome: done })
      expect(await open.queue.get(taskId)).toMatchObject({ status: 'completed', result: 'done' })
    })

    test('holds when the worker is gone: the lease ends and so does the task', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry: { maxAttempts: 5 } }))
      await claimOne(open.queue)
      await open.queue.cancel(taskId)
      open.clock.advance(30_001)
      await settle(open)
      expect(await statusOf(open.queue, taskId)).toBe('cancelled')
    })

    test('with force takes the lease away', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      expect(await open.queue.cancel(taskId, { force: true })).toMatchObject({ status: 'cancelled' })
      await expect(open.queue.complete({ taskId, leaseToken, outcome: done })).rejects.toEqual(failing('STALE_LEASE'))
      expect(await statusOf(open.queue, taskId)).toBe('cancelled')
    })
  })

  describe('control', () => {
    test('a new priority changes the place of a waiting task', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a' }))
      await open.queue.submit(noop({ taskId: 'b' }))
      expect(await open.queue.position('b')).toBe(1)
      expect(await open.queue.reprioritize('b', 9)).toMatchObject({ oldPriority: 5, task: { priority: 9 } })
      expect(await open.queue.position('b')).toBe(0)
      expect((await claimOne(open.queue)).task.taskId).toBe('b')
      await expect(open.queue.reprioritize('a', 11)).rejects.toEqual(failing('INVALID_INPUT'))
      expect((await open.queue.get('a')).priority).toBe(5)
    })

    test('a paused queue takes tasks and gives none, not even with a completion, until it is resumed', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a' }))
      await open.queue.submit(noop({ taskId: 'b' }))
      const { leaseToken } = await claimOne(open.queue)
      expect(await open.queue.pause('lunch')).toMatchObject({ isPaused: true, reason: 'lunch', queued: 1, running: 1 })
      await open.queue.submit(noop({ taskId: 'c' }))
      const next = { workerId: 'w1', principal: alice }
      expect((await open.queue.complete({ taskId: 'a', leaseToken, outcome: done, next })).next).toEqual([])
      const waiting = open.queue.claim({ workerId: 'w1', principal: alice }, { waitMs: 60_000 })
      await settle(open)
      await open.queue.resume()
      expect((await waiting).map(({ task }) => task.taskId)).toEqual(['b'])
    })

    test('clearing ends what waits, ready or not, from its answer on, and leaves what runs', async () => {
      await using open = await create({ keepFinished: 10_000 })
      await Promise.all(Array.from({ length: 2500 }, (_, index) => open.queue.submit(noop({ taskId: `t${index}` }))))
      await open.queue.submit(noop({ taskId: 'later', notBefore: open.clock.now() + 1000 }))
      const running = await claimOne(open.queue)
      expect(await open.queue.clear()).toEqual({ cleared: 2500, remaining: 2501 })
      expect(await claimAs(open.queue)).toEqual([])
      expect(await statusOf(open.queue, 'later')).toBe('cancelled')
      expect((await open.queue.list({ status: 'queued' })).total).toBe(0)
      expect((await open.queue.stats()).counts).toMatchObject({ queued: 0, running: 1, cancelled: 2500 })
      await open.queue.submit(noop({ taskId: 'new' }))
      open.clock.advance(2000)
      for (let step = 0; step < 10; step++) {
        open.clock.advance(1)
        await settle(open)
      }
      expect((await open.queue.stats()).counts).toMatchObject({ queued: 1, running: 1, cancelled: 2500 })
      expect((await open.queue.list({ status: 'cancelled' })).total).toBe(2500)
      expect((await claimOne(open.queue)).task.taskId).toBe('new')
      const { taskId } = running.task
      await open.queue.complete({ taskId, leaseToken: running.leaseToken, outcome: done })
    })

    test('what was cleared ended when it was cleared, however late its row follows', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a' }))
      await open.queue.clear()
      const first = await open.queue.get('a')
      expect(first).toMatchObject({ status: 'cancelled', finishedAt: open.clock.now() })
      open.clock.advance(5000)
      await settle(open)
      expect(await open.queue.get('a')).toEqual(first)
    })

    test('clearing a final status removes its tasks, and their ids are free', async () => {
      await using open = await create()
      for (const taskId of ['a', 'b']) {
        await open.queue.submit(noop({ taskId }))
        const { leaseToken } = await claimOne(open.queue)
        await open.queue.complete({ taskId, leaseToken, outcome: done })
      }
      await open.queue.submit(noop({ taskId: 'c' }))
      expect(await open.queue.clear('completed')).toEqual({ cleared: 2, remaining: 1 })
      await expect(open.queue.get('a')).rejects.toEqual(failing('NOT_FOUND'))
      expect((await open.queue.list()).tasks.map(({ taskId }) => taskId)).toEqual(['c'])
      expect(await open.queue.submit(noop({ taskId: 'a', payload: { other: 1 } }))).toMatchObject({ isReplay: false })
    })

    test('clearing what a clearing has cancelled removes it, however far the first has come', async () => {
      await using open = await create()
      await Promise.all(Array.from({ length: 1500 }, () => open.queue.submit(noop())))
      await open.queue.clear()
      expect(await open.queue.clear('cancelled')).toEqual({ cleared: 1500, remaining: 0 })
      expect((await open.queue.list()).total).toBe(0)
      for (let step = 0; step < 6; step++) {
        open.clock.advance(1)
        await settle(open)
      }
      expect((await open.queue.stats()).counts).toEqual({
        queued: 0,
        running: 0,
        completed: 0,
        failed: 0,
        cancelled: 0
      })
      expect((await open.queue.list()).total).toBe(0)
    })

    test('only final tasks are removed', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a' }))
      await expect(open.queue.remove('a')).rejects.toEqual(failing('TASK_STATE'))
      await open.queue.cancel('a')
      await open.queue.remove('a')
      await expect(open.queue.get('a')).rejects.toEqual(failing('NOT_FOUND'))
      await expect(open.queue.remove('a')).rejects.toEqual(failing('NOT_FOUND'))
    })

    test('of finished tasks the newest are kept, and none too long', async () => {
      await using open = await create({ keepFinished: 2, keepFinishedDays: 1 })
      for (const taskId of ['a', 'b', 'c', 'd']) {
        await open.queue.submit(noop({ taskId }))
        await open.queue.cancel(taskId)
      }
      open.clock.advance(61_000)
      await settle(open)
      expect((await open.queue.list()).tasks.map(({ taskId }) => taskId)).toEqual(['c', 'd'])
      open.clock.advance(86_400_000)
      await settle(open)
      expect(await open.queue.list()).toMatchObject({ total: 0 })
      expect((await open.queue.stats()).counts.cancelled).toBe(0)
    })

    test('every change is told, in order', async () => {
      await using open = await create()
      const heard: TaskChange[] = []
      const stop = open.queue.onChange(change => heard.push(change))
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      await open.queue.heartbeat({ taskId, leaseToken, progress: { fraction: 0.5, message: 'half' } })
      expect((await open.queue.get(taskId)).progress).toEqual({ fraction: 0.5, message: 'half' })
      await open.queue.complete({ taskId, leaseToken, outcome: done })
      stop()
      await open.queue.remove(taskId)
      expect(heard.map(({ event, status }) => [event, status])).toEqual([
        ['submitted', 'queued'],
        ['claimed', 'running'],
        ['progress', 'running'],
        ['finished', 'completed']
      ])
    })
  })
}
