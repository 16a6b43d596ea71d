/** Payloads, results and logs. */
import { describe, expect, test } from 'vitest'
import { INLINE_BYTES, MAX_PAYLOAD_BYTES } from '../../../src/services/queue/api.ts'
import { failing } from './failing.ts'
import { type CreateQueue, claimOne, noop, settle } from './open.ts'

export function bodiesSuite(create: CreateQueue): void {
  describe('bodies', () => {
    test('small payloads and results are in the task, of every JSON type', async () => {
      await using open = await create()
      for (const result of [null, false, 0, '', 'x', [1, [2]], { a: { b: null } }]) {
        const { taskId } = await open.queue.submit(noop({ payload: { result } }))
        const { task, leaseToken } = await claimOne(open.queue)
        expect(task.payload).toEqual({ result })
        await open.queue.complete({ taskId, leaseToken, outcome: { status: 'completed', result } })
        expect((await open.queue.get(taskId)).result).toEqual(result)
      }
    })

    test('large ones are kept in blocks and named by their CID, until no task holds them', async () => {
      await using open = await create({ keepFinished: 0 })
      const payload = { text: 'ä'.repeat(INLINE_BYTES) }
      const { taskId } = await open.queue.submit(noop({ payload }))
      const { task, leaseToken } = await claimOne(open.queue)
      expect(task.payload).toBeUndefined()
      expect(await open.queue.body(task.payloadCid ?? '')).toEqual(payload)
      await open.queue.complete({ taskId, leaseToken, outcome: { status: 'completed', result: payload } })
      const { resultCid } = await open.queue.get(taskId)
      expect(resultCid).toBe(task.payloadCid)
      expect(await open.pins()).toHaveLength(1)
      open.clock.advance(61_000)
      await settle(open)
      await expect(open.queue.get(taskId)).rejects.toEqual(failing('NOT_FOUND'))
      await expect.poll(open.pins).toEqual([])
    })

    test('a body that is kept again while the sweep lets it go stays', async () => {
      await using open = await create({ keepFinished: 0 })
      const payload = { text: 'x'.repeat(INLINE_BYTES) }
      const { taskId } = await open.queue.submit(noop({ payload }))
      await open.queue.cancel(taskId)
      open.clock.advance(59_999)
      await settle(open)
      await open.queue.submit(noop({ taskId: 'again', payload }))
      open.clock.advance(120_000)
      await settle(open)
      const { payloadCid } = await open.queue.get('again')
      expect(await open.pins()).toEqual([payloadCid])
      expect(await open.queue.body(payloadCid ?? '')).toEqual(payload)
    })

    test('what is too large is refused and leaves nothing', async () => {
      await using open = await create()
      const payload = { text: 'x'.repeat(MAX_PAYLOAD_BYTES) }
      await expect(open.queue.submit(noop({ payload }))).rejects.toEqual(failing('TOO_LARGE'))
      expect(await open.queue.list()).toMatchObject({ total: 0 })
      expect(await open.pins()).toEqual([])
    })

    test.each([[[1]], ['text'], [null], [3]])('a payload that is no object (%o) is refused', async payload => {
      await using open = await create()
      // What a caller without types may send.
      const submission = noop({ payload: payload as unknown as Record<string, unknown> })
      await expect(open.queue.submit(submission)).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        issues: [expect.objectContaining({ path: '/payload' })]
      })
    })

    test('of the log lines of a task the newest two hundred are kept', async () => {
      await using open = await create()
      const { taskId } = await open.queue.submit(noop())
      const { leaseToken } = await claimOne(open.queue)
      const line = (n: number) => ({ at: n, stream: 'log' as const, message: `line ${n}` })
      for (let n = 0; n < 5; n++) {
        await open.queue.heartbeat({ taskId, leaseToken, logs: Array.from({ length: 50 }, (_, i) => line(n * 50 + i)) })
      }
      await open.queue.complete({ taskId, leaseToken, outcome: { status: 'completed' }, logs: [line(250)] })
      const { logs } = await open.queue.get(taskId)
      expect(logs).toHaveLength(200)
      expect([logs[0]?.message, logs.at(-1)?.message]).toEqual(['line 51', 'line 250'])
    })
  })
}
