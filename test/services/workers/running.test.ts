/** What a worker does with tasks while everything answers. */
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import type { Heartbeat } from '../../../src/services/queue/api.ts'
import type { TaskHandler } from '../../../src/services/workers/api.ts'
import { noop as task, turns } from '../../suites/queue/open.ts'
import { alice, holding, noop, openBench, until, untilStatus } from './open.ts'

describe('a worker', () => {
  test('runs a waiting task and one that comes later, and their results stand', async () => {
    await using bench = await openBench()
    const early = await bench.queue.submit(task())
    await bench.hire()
    await untilStatus(bench.queue, early.taskId, 'completed')
    const late = await bench.queue.submit(task())
    await untilStatus(bench.queue, late.taskId, 'completed')
    expect(await bench.queue.get(late.taskId)).toMatchObject({ result: { done: true }, attempt: 1, workerId: 'w1' })
  })

  test('runs no more at once than it has places, claims nothing beyond them, and everything in the end', async () => {
    await using bench = await openBench()
    const held = holding()
    await bench.hire({ concurrency: 3, handlers: [held] })
    const ids = await Promise.all(Array.from({ length: 10 }, async () => (await bench.queue.submit(task())).taskId))
    let most = 0
    for (let ended = 0; ended < 10; ended++) {
      await until(() => held.runs.length >= Math.min(10, ended + 3))
      await turns()
      const { running } = await bench.queue.stats()
      most = Math.max(most, running)
      expect(running).toBeLessThanOrEqual(3)
      held.runs[ended]?.end(ended)
    }
    for (const taskId of ids) await untilStatus(bench.queue, taskId, 'completed')
    expect(most).toBe(3)
    expect(held.runs.map(({ run }) => run.task.attempt)).toEqual(Array(10).fill(1))
  })

  test('takes its types and capabilities only, and leaves the rest to who has them', async () => {
    await using bench = await openBench()
    await bench.hire({ handlers: [noop], capabilities: ['disk'] })
    const other = await bench.queue.submit(task({ type: 'other' }))
    const gpu = await bench.queue.submit(task({ requires: ['gpu'] }))
    const disk = await bench.queue.submit(task({ requires: ['disk'] }))
    await untilStatus(bench.queue, disk.taskId, 'completed')
    expect(await statuses()).toEqual(['queued', 'queued'])
    await bench.hire({ handlers: [noop, { ...noop, type: 'other' }], capabilities: ['gpu'] })
    await untilStatus(bench.queue, other.taskId, 'completed')
    await untilStatus(bench.queue, gpu.taskId, 'completed')
    expect((await bench.queue.get(gpu.taskId)).workerId).toBe('w2')

    async function statuses() {
      return [(await bench.queue.get(other.taskId)).status, (await bench.queue.get(gpu.taskId)).status]
    }
  })

  test('hands the handler the payload, also one that is kept in blocks', async () => {
    await using bench = await openBench()
    const echo: TaskHandler = { type: 'noop', run: async ({ payload }) => payload }
    await bench.hire({ handlers: [echo] })
    const payload = { text: 'x'.repeat(100_000) }
    const { taskId } = await bench.queue.submit(task({ payload }))
    await untilStatus(bench.queue, taskId, 'completed')
    const { resultCid } = await bench.queue.get(taskId)
    expect(await bench.queue.body(resultCid ?? '')).toEqual(payload)
  })

  test('two hundred tasks on eight workers are each run once', async () => {
    await using bench = await openBench()
    const seen: string[] = []
    const handler: TaskHandler = {
      type: 'noop',
      async run({ task: { taskId } }) {
        await turns(1)
        seen.push(taskId)
      }
    }
    for (let index = 0; index < 8; index++) await bench.hire({ handlers: [handler] })
    const ids = await Promise.all(Array.from({ length: 200 }, async () => (await bench.queue.submit(task())).taskId))
    for (const taskId of ids) await untilStatus(bench.queue, taskId, 'completed')
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })
})

describe('how a task ends', () => {
  test('a failure with a code that may be tried again is tried by the policy, and one that may not ends at once', async () => {
    await using bench = await openBench()
    const failing: TaskHandler = {
      type: 'noop',
      async run({ payload, task: { attempt } }) {
        if (payload.hard === true) throw new AppError('NOT_FOUND', 'There is no such dataset', { details: { id: 'x' } })
        if (attempt < 3) throw new AppError('BUSY', 'Later')
        return attempt
      }
    }
    await bench.hire({ handlers: [failing] })
    const soft = await bench.queue.submit(task({ retry: { maxAttempts: 3, baseMs: 1000 } }))
    const hard = await bench.queue.submit(task({ payload: { hard: true } }))
    await untilStatus(bench.queue, hard.taskId, 'failed')
    expect(await bench.queue.get(hard.taskId)).toMatchObject({
      attempt: 1,
      isDeadLetter: false,
      error: { code: 'NOT_FOUND', message: 'There is no such dataset', retryable: false, details: { id: 'x' } }
    })
    await bench.pass(10_000)
    expect(await bench.queue.get(soft.taskId)).toMatchObject({ status: 'completed', attempt: 3, result: 3 })
  })

  test('attempts that are used up end as a dead letter with the last error', async () => {
    await using bench = await openBench()
    const run = () => Promise.reject(new AppError('BUSY', 'Always busy'))
    await bench.hire({ handlers: [{ type: 'noop', run }] })
    const { taskId } = await bench.queue.submit(task({ retry: { maxAttempts: 2, baseMs: 100 } }))
    await bench.pass(3000)
    expect(await bench.queue.get(taskId)).toMatchObject({
      status: 'failed',
      attempt: 2,
      isDeadLetter: true,
      error: { code: 'BUSY' }
    })
  })

  test('an unknown throw discloses nothing', async () => {
    await using bench = await openBench()
    const run = () => Promise.reject(new Error('the secret of /home/alice'))
    await bench.hire({ handlers: [{ type: 'noop', run }] })
    const { taskId } = await bench.queue.submit(task())
    await untilStatus(bench.queue, taskId, 'failed')
    const { error } = await bench.queue.get(taskId)
    expect(error).toMatchObject({ code: 'INTERNAL', retryable: false })
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  test('a result that has no JSON form fails the task with the reason', async () => {
    await using bench = await openBench()
    await bench.hire({ handlers: [{ type: 'noop', run: async () => ({ when: Number.NaN }) }] })
    const { taskId } = await bench.queue.submit(task())
    await untilStatus(bench.queue, taskId, 'failed')
    expect(await bench.queue.get(taskId)).toMatchObject({ error: { code: 'INVALID_INPUT' }, attempt: 1 })
  })

  test('an attempt beyond the time limit of its task is aborted and fails as DEADLINE_EXCEEDED', async () => {
    await using bench = await openBench()
    const held = holding()
    await bench.hire({ handlers: [held] })
    const { taskId } = await bench.queue.submit(task({ timeoutMs: 5000, retry: { maxAttempts: 1 } }))
    await until(() => held.runs.length === 1)
    await bench.pass(6000)
    expect(held.runs[0]?.run.signal.reason).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(await bench.queue.get(taskId)).toMatchObject({ status: 'failed', error: { code: 'DEADLINE_EXCEEDED' } })
  })
})

test('progress and log lines reach the queue while the task runs, at most twice a second', async () => {
  await using bench = await openBench()
  const held = holding()
  const heartbeats: unknown[] = []
  const source = {
    ...bench.queue,
    heartbeat(beat: Heartbeat) {
      heartbeats.push(beat)
      return bench.queue.heartbeat(beat)
    }
  }
  await bench.hire({ handlers: [held], source })
  const { taskId } = await bench.queue.submit(task())
  await until(() => held.runs.length === 1)
  for (let step = 1; step <= 100; step++) {
    held.runs[0]?.run.progress({ fraction: step / 100 })
    held.runs[0]?.run.log(`step ${step}`)
    await bench.pass(50)
  }
  await bench.pass(500)
  const { progress, logs } = await bench.queue.get(taskId)
  expect(progress).toEqual({ fraction: 1 })
  expect(logs.map(({ message }) => message)).toEqual(Array.from({ length: 100 }, (_, index) => `step ${index + 1}`))
  expect(heartbeats.length).toBeGreaterThan(5)
  expect(heartbeats.length).toBeLessThanOrEqual(12)
  held.runs[0]?.run.log('last words')
  held.runs[0]?.end()
  await untilStatus(bench.queue, taskId, 'completed')
  expect((await bench.queue.get(taskId)).logs.at(-1)).toMatchObject({ message: 'last words', stream: 'log' })
})

test('a worker whose id belongs to somebody else does not start, and one that was unregistered claims no more', async () => {
  await using bench = await openBench()
  await bench.queue.registerWorker({ workerId: 'taken', capabilities: [], principal: alice })
  await expect(bench.hire({ workerId: 'taken' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  const hired = await bench.hire({ workerId: 'mine' })
  const { principal } = await bench.queue.worker('mine')
  await bench.queue.unregisterWorker('mine', { principal })
  const { taskId } = await bench.queue.submit(task())
  await bench.pass(11_000)
  await hired.ended()
  expect((await bench.queue.get(taskId)).status).toBe('queued')
})
