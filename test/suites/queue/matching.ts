/** Which worker gets which task. */
import { describe, expect, test } from 'vitest'
import { AFFINITY_LAPSE_MS } from '../../../src/services/queue/api.ts'
import { failing } from './failing.ts'
import { alice, bob, type CreateQueue, claimAs, claimOne, noop, settle } from './open.ts'

export function matchingSuite(create: CreateQueue): void {
  describe('matching', () => {
    test('a worker gets the types that it runs, by any spelling of them', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'e', type: 'text_embedding', priority: 9 }))
      await open.queue.submit(noop({ taskId: 't', type: 'tool' }))
      expect((await open.queue.get('e')).type).toBe('embedding')
      expect((await claimOne(open.queue, 'w1', { types: ['tool.call'] })).task.taskId).toBe('t')
      expect(await claimAs(open.queue, 'w1', { types: ['tool.call'] })).toEqual([])
      expect((await claimOne(open.queue, 'w1', { types: ['embeddings'] })).task.taskId).toBe('e')
    })

    test('a worker may take the calls of some tools only', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a', type: 'tool.call', payload: { tool: 'query', args: {} } }))
      await open.queue.submit(noop({ taskId: 'b', type: 'tool.call', payload: { tool: 'load', args: {} } }))
      expect(await claimAs(open.queue, 'w1', { types: ['tool.call/other'] })).toEqual([])
      expect((await claimOne(open.queue, 'w1', { types: ['tool.call/load'] })).task).toMatchObject({
        taskId: 'b',
        type: 'tool.call'
      })
      expect((await open.queue.stats()).byType).toEqual({ 'tool.call': { queued: 1, running: 1 } })
      expect((await claimOne(open.queue, 'w1', { types: ['tool.call'] })).task.taskId).toBe('a')
    })

    test('a task that requires more than the worker has stays', async () => {
      await using open = await create()
      await open.queue.submit(noop({ requires: ['gpu', 'big'] }))
      expect(await claimAs(open.queue, 'w1', { capabilities: ['gpu'] })).toEqual([])
      expect(await claimAs(open.queue, 'w1', { capabilities: ['big', 'gpu', 'more'] })).toHaveLength(1)
    })

    test.each([
      ['session', { sessionId: 's' }, { sessionId: 's' }, { sessionId: 'other' }],
      ['worker', { stickyWorkerId: 'w9' }, {}, {}]
    ])('a task bound to a %s is for no other, until that is silent too long', async (_, bound, own, others) => {
      await using open = await create()
      await open.queue.submit(noop({ ...bound, taskId: 'bound' }))
      expect(await claimAs(open.queue, 'w1', others)).toEqual([])
      expect(await claimAs(open.queue, 'w1')).toEqual([])
      open.clock.advance(AFFINITY_LAPSE_MS - 1000)
      await settle(open)
      expect(await claimAs(open.queue, 'w1')).toEqual([])
      const { task, leaseToken } = await claimOne(open.queue, 'w9', own)
      await open.queue.release({ taskId: task.taskId, leaseToken })
      open.clock.advance(AFFINITY_LAPSE_MS - 1000)
      await settle(open)
      expect(await claimAs(open.queue, 'w1')).toEqual([])
      open.clock.advance(2000)
      await settle(open)
      expect((await claimAs(open.queue, 'w1')).map(lease => lease.task.taskId)).toEqual(['bound'])
    })

    test('a claim may be held to a priority, or to one task', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'high', priority: 8 }))
      await open.queue.submit(noop({ taskId: 'low', priority: 3 }))
      await open.queue.submit(noop({ taskId: 'mid', priority: 5 }))
      expect(await claimAs(open.queue, 'w1', { maxPriority: 2 })).toEqual([])
      expect((await claimOne(open.queue, 'w1', { maxPriority: 5 })).task.taskId).toBe('mid')
      expect((await claimOne(open.queue, 'w1', { taskId: 'low' })).task.taskId).toBe('low')
      expect(await claimAs(open.queue, 'w1', { taskId: 'low' })).toEqual([])
    })

    test('a worker never has more than it registered for', async () => {
      await using open = await create()
      await Promise.all(Array.from({ length: 10 }, () => open.queue.submit(noop())))
      await open.queue.registerWorker({ workerId: 'w1', capabilities: ['noop'], maxConcurrent: 3, principal: alice })
      const leases = await claimAs(open.queue, 'w1', { max: 10 })
      expect(leases).toHaveLength(3)
      expect(await claimAs(open.queue, 'w1', { max: 10 })).toEqual([])
      expect((await open.queue.worker('w1')).running).toHaveLength(3)
      const [first] = leases
      if (!first) throw new Error('nothing claimed')
      const { next } = await open.queue.complete({
        taskId: first.task.taskId,
        leaseToken: first.leaseToken,
        outcome: { status: 'completed' },
        next: { workerId: 'w1', principal: alice, max: 10 }
      })
      expect(next).toHaveLength(1)
      expect(await open.queue.worker('w1')).toMatchObject({ completed: 1, failed: 0, status: 'active' })
    })

    test('a claim that waits gets a task as soon as its worker has a place again, or is given more', async () => {
      await using open = await create()
      for (let count = 0; count < 3; count++) await open.queue.submit(noop())
      const register = (maxConcurrent: number) =>
        open.queue.registerWorker({ workerId: 'w1', capabilities: ['noop'], maxConcurrent, principal: alice })
      await register(1)
      const { task, leaseToken } = await claimOne(open.queue, 'w1')
      const wait = () => open.queue.claim({ workerId: 'w1', principal: alice }, { waitMs: 60_000 })
      const waiting = wait()
      await settle(open)
      await open.queue.complete({ taskId: task.taskId, leaseToken, outcome: { status: 'completed' } })
      expect(await waiting).toHaveLength(1)
      const again = wait()
      await settle(open)
      await register(2)
      expect(await again).toHaveLength(1)
    })

    test('a claim that waits gets a task as soon as its priority is low enough for it', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a', priority: 8 }))
      const terms = { workerId: 'w1', principal: alice, maxPriority: 3 }
      const waiting = open.queue.claim(terms, { waitMs: 60_000 })
      await settle(open)
      await open.queue.reprioritize('a', 2)
      expect((await waiting).map(({ task }) => task.taskId)).toEqual(['a'])
    })

    test('a claim that waits gets a task as soon as its affinity lapses', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a', stickyWorkerId: 'gone' }))
      const waiting = open.queue.claim({ workerId: 'w1', principal: alice }, { waitMs: 10 * AFFINITY_LAPSE_MS })
      await settle(open)
      open.clock.advance(AFFINITY_LAPSE_MS + 1000)
      expect((await waiting).map(({ task }) => task.taskId)).toEqual(['a'])
    })

    test('a task that is bound to a worker and to a session lapses when nobody comes whom both fit', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a', stickyWorkerId: 'gone', sessionId: 's' }))
      for (let waited = 0; waited < AFFINITY_LAPSE_MS; waited += 60_000) {
        expect(await claimAs(open.queue, 'w1', { sessionId: 's' })).toEqual([])
        open.clock.advance(60_000)
      }
      expect((await claimOne(open.queue, 'w1', { sessionId: 's' })).task.taskId).toBe('a')
    })

    test('a worker whose heartbeats come keeps the tasks that are bound to it', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'long' }))
      const lease = { taskId: 'long', leaseToken: (await claimOne(open.queue, 'w1')).leaseToken }
      await open.queue.submit(noop({ taskId: 'bound', stickyWorkerId: 'w1' }))
      for (let waited = 0; waited < 2 * AFFINITY_LAPSE_MS; waited += 20_000) {
        open.clock.advance(20_000)
        await open.queue.heartbeat(lease)
      }
      expect(await claimAs(open.queue, 'w2')).toEqual([])
      expect((await claimOne(open.queue, 'w1')).task.taskId).toBe('bound')
    })

    test('a worker id belongs to whom it was first', async () => {
      await using open = await create()
      await open.queue.submit(noop())
      await open.queue.registerWorker({ workerId: 'w1', capabilities: [], principal: bob })
      await expect(claimAs(open.queue, 'w1')).rejects.toEqual(failing('FORBIDDEN'))
      await expect(open.queue.unregisterWorker('w1', { principal: alice })).rejects.toEqual(failing('FORBIDDEN'))
      expect((await open.queue.stats()).counts.queued).toBe(1)
    })

    test('a completion that asks for more under a foreign worker id is refused whole', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      await open.queue.registerWorker({ workerId: 'bobs', capabilities: [], principal: bob })
      const next = { workerId: 'bobs', principal: alice }
      const refused = open.queue.complete({ taskId, leaseToken, outcome: { status: 'completed' }, next })
      await expect(refused).rejects.toEqual(failing('FORBIDDEN'))
      expect((await open.queue.get(taskId)).status).toBe('running')
    })

    test('a worker that leaves gently finishes what it has and gets nothing more', async () => {
      await using open = await create()
      await open.queue.submit(noop({ taskId: 'a', priority: 9 }))
      await open.queue.submit(noop({ taskId: 'b' }))
      const { leaseToken } = await claimOne(open.queue)
      const left = await open.queue.unregisterWorker('w1', { graceful: true, principal: alice })
      expect(left).toMatchObject({ abandoned: 0, worker: { status: 'draining' } })
      expect(await claimAs(open.queue, 'w1')).toEqual([])
      await open.queue.complete({ taskId: 'a', leaseToken, outcome: { status: 'completed' } })
      expect((await open.queue.worker('w1')).status).toBe('unregistered')
      await expect(claimAs(open.queue, 'w1')).rejects.toEqual(failing('NOT_FOUND'))
    })

    test('a worker that runs nothing is forgotten when it was not seen for long, and one that comes is not', async () => {
      await using open = await create({ keepFinishedDays: 1 })
      await open.queue.registerWorker({ workerId: 'gone', capabilities: [], principal: alice })
      for (let hour = 0; hour < 25; hour++) {
        await claimAs(open.queue, 'w1')
        open.clock.advance(3_600_000)
        await settle(open)
      }
      expect((await open.queue.workers()).map(({ workerId }) => workerId)).toEqual(['w1'])
    })

    test('the tasks of a worker that is thrown out go to others, and its leases have ended', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop({ retry: { maxAttempts: 1 } }))
      const { leaseToken } = await claimOne(open.queue, 'w1')
      const left = await open.queue.unregisterWorker('w1', { graceful: false, principal: alice })
      expect(left).toMatchObject({ abandoned: 1, worker: { status: 'unregistered' } })
      await expect(open.queue.heartbeat({ taskId, leaseToken })).rejects.toEqual(failing('STALE_LEASE'))
      expect((await claimOne(open.queue, 'w2')).task).toMatchObject({ taskId, attempt: 1 })
    })
  })
}
