/** What a worker does when something goes wrong: leases, cancellations, lost answers, and its own end. */
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import type { Lease, Queue, WorkSource } from '../../../src/services/queue/api.ts'
import { noop as task, turns } from '../../suites/queue/open.ts'
import { holding, openBench, until, untilStatus } from './open.ts'

describe('leases', () => {
  test('a task that takes twenty leases is renewed and runs once', async () => {
    await using bench = await openBench()
    const held = holding()
    await bench.hire({ handlers: [held] })
    const { taskId } = await bench.queue.submit(task())
    await until(() => held.runs.length === 1)
    await bench.pass(600_000)
    held.runs[0]?.end('late but mine')
    await untilStatus(bench.queue, taskId, 'completed')
    expect(await bench.queue.get(taskId)).toMatchObject({ attempt: 1, result: 'late but mine' })
  })

  test('a lease that cannot be renewed aborts the task before the queue gives it to another', async () => {
    await using bench = await openBench()
    const [cutOff, well] = [holding(), holding()]
    const line = faulty(bench.queue)
    await bench.hire({ handlers: [cutOff], source: line.source })
    const { taskId } = await bench.queue.submit(task({ retry: { baseMs: 0 } }))
    await until(() => cutOff.runs.length === 1)
    line.fail('heartbeat')
    line.fail('claim')
    await bench.hire({ handlers: [well] })
    while (well.runs.length === 0) await bench.pass(500)
    expect(cutOff.runs[0]?.run.signal.reason).toMatchObject({ code: 'STALE_LEASE' })
    well.runs[0]?.end('second')
    await untilStatus(bench.queue, taskId, 'completed')
    expect(await bench.queue.get(taskId)).toMatchObject({ attempt: 2, result: 'second', workerId: 'w2' })
  })

  test('a worker that was asleep past its lease is told, and what it finishes is refused', async () => {
    await using bench = await openBench()
    const [sleeper, well] = [holding({ isDeaf: true }), holding()]
    const line = faulty(bench.queue)
    await bench.hire({ handlers: [sleeper], source: line.source })
    const { taskId } = await bench.queue.submit(task({ retry: { baseMs: 0 } }))
    await until(() => sleeper.runs.length === 1)
    line.hang('heartbeat')
    line.hang('claim')
    await bench.hire({ handlers: [well] })
    while (well.runs.length === 0) await bench.pass(500)
    sleeper.runs[0]?.end('of a zombie')
    line.mend()
    await turns()
    well.runs[0]?.end('of the heir')
    await untilStatus(bench.queue, taskId, 'completed')
    expect((await bench.queue.get(taskId)).result).toBe('of the heir')
  })

  test('a heartbeat that fails now and then costs nothing', async () => {
    await using bench = await openBench()
    const held = holding()
    const line = faulty(bench.queue)
    await bench.hire({ handlers: [held], source: line.source })
    const { taskId } = await bench.queue.submit(task())
    await until(() => held.runs.length === 1)
    for (let round = 0; round < 10; round++) {
      line.fail('heartbeat')
      await bench.pass(15_000)
      line.mend()
      await bench.pass(15_000)
    }
    held.runs[0]?.end(1)
    await untilStatus(bench.queue, taskId, 'completed')
    expect((await bench.queue.get(taskId)).attempt).toBe(1)
  })
})

describe('cancellation', () => {
  test('a running task is asked to stop at once, and ends as cancelled with the reason', async () => {
    await using bench = await openBench()
    const held = holding()
    await bench.hire({ handlers: [held] })
    const { taskId } = await bench.queue.submit(task())
    await until(() => held.runs.length === 1)
    await bench.queue.cancel(taskId, { reason: 'No longer needed' })
    await untilStatus(bench.queue, taskId, 'cancelled')
    expect(held.runs[0]?.run.signal.reason).toMatchObject({ code: 'CANCELLED' })
    expect((await bench.queue.get(taskId)).cancelReason).toBe('No longer needed')
  })

  test('a worker that hears no cancellations learns of them by its next heartbeat', async () => {
    await using bench = await openBench()
    const held = holding()
    const line = faulty(bench.queue)
    line.fail('cancellations')
    await bench.hire({ handlers: [held], source: line.source })
    const { taskId } = await bench.queue.submit(task())
    await until(() => held.runs.length === 1)
    await bench.queue.cancel(taskId)
    await turns()
    expect(held.runs[0]?.run.signal.aborted).toBe(false)
    await bench.pass(10_500)
    expect((await bench.queue.get(taskId)).status).toBe('cancelled')
  })

  test('a task that does not stop is given up after the grace, and its place goes to the next', async () => {
    await using bench = await openBench()
    const deaf = holding({ isDeaf: true })
    await bench.hire({ handlers: [deaf], concurrency: 1, cancelGraceMs: 4000 })
    const stuck = await bench.queue.submit(task())
    const next = await bench.queue.submit(task())
    await until(() => deaf.runs.length === 1)
    await bench.queue.cancel(stuck.taskId)
    await bench.pass(3000)
    expect((await bench.queue.get(stuck.taskId)).status).toBe('running')
    await bench.pass(2000)
    expect((await bench.queue.get(stuck.taskId)).status).toBe('cancelled')
    await until(() => deaf.runs.length === 2)
    deaf.runs[1]?.end()
    await untilStatus(bench.queue, next.taskId, 'completed')
  })

  test('a task that finishes in spite of the request keeps its result', async () => {
    await using bench = await openBench()
    const deaf = holding({ isDeaf: true })
    await bench.hire({ handlers: [deaf] })
    const { taskId } = await bench.queue.submit(task())
    await until(() => deaf.runs.length === 1)
    await bench.queue.cancel(taskId)
    await turns()
    deaf.runs[0]?.end('done already')
    await untilStatus(bench.queue, taskId, 'completed')
    expect((await bench.queue.get(taskId)).result).toBe('done already')
  })

  test('a forced cancellation ends the task at once and stops its handler', async () => {
    await using bench = await openBench()
    const held = holding()
    await bench.hire({ handlers: [held] })
    const { taskId } = await bench.queue.submit(task())
    await until(() => held.runs.length === 1)
    await bench.queue.cancel(taskId, { force: true })
    expect((await bench.queue.get(taskId)).status).toBe('cancelled')
    await until(() => held.runs[0]?.run.signal.aborted === true)
  })
})

describe('lost answers', () => {
  test('a completion that broke off on its way, again and again, is no failure of the task', async () => {
    await using bench = await openBench()
    const held = holding()
    const line = faulty(bench.queue)
    await bench.hire({ handlers: [held], source: line.source })
    const { taskId } = await bench.queue.submit(task({ retry: { maxAttempts: 1 } }))
    await until(() => held.runs.length === 1)
    line.doubt('complete', 5)
    held.runs[0]?.end('done')
    await until(() => line.calls('complete') > 0)
    for (let round = 0; round < 20 && line.calls('complete') < 6; round++) await bench.pass(500)
    await untilStatus(bench.queue, taskId, 'completed')
    expect(await bench.queue.get(taskId)).toMatchObject({ attempt: 1, result: 'done' })
  })

  test.each(['lose', 'doubt'] as const)(
    'a completion whose answer is lost (%s) is sent again and recorded once',
    async how => {
      await using bench = await openBench()
      const held = holding()
      const line = faulty(bench.queue)
      await bench.hire({ handlers: [held], source: line.source })
      const { taskId } = await bench.queue.submit(task())
      await until(() => held.runs.length === 1)
      line[how]('complete', 3)
      held.runs[0]?.end('once')
      await bench.pass(5000)
      expect(await bench.queue.get(taskId)).toMatchObject({ status: 'completed', result: 'once', attempt: 1 })
      expect(line.calls('complete')).toBe(4)
      expect((await bench.queue.worker('w1')).completed).toBe(1)
    }
  )

  test('a completion that never arrives is given up with its lease, and the task runs again', async () => {
    await using bench = await openBench()
    const held = holding()
    const line = faulty(bench.queue)
    await bench.hire({ handlers: [held], source: line.source })
    const { taskId } = await bench.queue.submit(task({ retry: { baseMs: 0 } }))
    await until(() => held.runs.length === 1)
    line.fail('complete')
    held.runs[0]?.end('lost')
    await bench.pass(31_000)
    line.mend()
    await bench.pass(5000)
    expect(held.runs).toHaveLength(2)
    held.runs[1]?.end('again')
    await untilStatus(bench.queue, taskId, 'completed')
    expect(await bench.queue.get(taskId)).toMatchObject({ attempt: 2, result: 'again' })
  })

  test('claims that fail or hang for a while are asked again, and what came too late goes back', async () => {
    await using bench = await openBench()
    const held = holding()
    const line = faulty(bench.queue)
    line.hang('claim')
    await bench.hire({ handlers: [held], source: line.source })
    const { taskId } = await bench.queue.submit(task())
    await bench.pass(25_000)
    line.mend()
    await bench.pass(10_000)
    await until(() => held.runs.length === 1)
    held.runs[0]?.end(1)
    await untilStatus(bench.queue, taskId, 'completed')
    expect((await bench.queue.get(taskId)).attempt).toBe(1)
  })
})

describe('a worker that stops', () => {
  test('claims nothing more, and what runs finishes', async () => {
    await using bench = await openBench()
    const held = holding()
    const hired = await bench.hire({ handlers: [held], concurrency: 1 })
    const first = await bench.queue.submit(task())
    const second = await bench.queue.submit(task())
    await until(() => held.runs.length === 1)
    const stopped = hired.stop()
    await turns()
    held.runs[0]?.end('in time')
    await stopped
    expect(await bench.queue.get(first.taskId)).toMatchObject({ status: 'completed', result: 'in time' })
    expect(await bench.queue.get(second.taskId)).toMatchObject({ status: 'queued', attempt: 0 })
    expect((await bench.queue.worker('w1')).status).toBe('unregistered')
  })

  test('gives back what does not finish in time, without using up an attempt', async () => {
    await using bench = await openBench()
    const held = holding()
    const hired = await bench.hire({ handlers: [held], stopTimeoutMs: 3000 })
    const { taskId } = await bench.queue.submit(task({ retry: { maxAttempts: 1 } }))
    await until(() => held.runs.length === 1)
    const stopped = hired.stop()
    await bench.pass(2500)
    expect(held.runs[0]?.run.signal.aborted).toBe(false)
    await bench.pass(1000)
    await stopped
    expect(held.runs[0]?.run.signal.aborted).toBe(true)
    expect(await bench.queue.get(taskId)).toMatchObject({ status: 'queued', attempt: 0, releases: 1 })
  })

  test('can be started again, and takes up what it left', async () => {
    await using bench = await openBench()
    const hired = await bench.hire()
    await hired.stop()
    await hired.stop()
    const { taskId } = await bench.queue.submit(task())
    await hired.start()
    await untilStatus(bench.queue, taskId, 'completed')
  })

  test('does so though the queue has gone', async () => {
    await using bench = await openBench()
    const line = faulty(bench.queue)
    const hired = await bench.hire({ source: line.source, stopTimeoutMs: 1000 })
    for (const name of ['claim', 'unregisterWorker', 'cancellations'] as const) line.hang(name)
    const stopped = hired.stop()
    await bench.pass(30_000)
    await stopped
  })
})

test('a worker works on through any mixture of failing, hanging and lost calls, and each result is recorded once', async () => {
  await using bench = await openBench()
  const line = faulty(bench.queue)
  let runs = 0
  const handler = { type: 'noop', run: async () => ++runs }
  for (let index = 0; index < 3; index++) await bench.hire({ handlers: [handler], source: line.source, leaseMs: 6000 })
  const ids = await Promise.all(
    Array.from(
      { length: 60 },
      async () => (await bench.queue.submit(task({ retry: { maxAttempts: 100, baseMs: 0 } }))).taskId
    )
  )
  let turn = 0
  line.choose(() => (['pass', 'fail', 'pass', 'lose', 'pass', 'pass', 'hang'] as const)[turn++ % 7] ?? 'pass')
  for (let round = 0; round < 400 && (await bench.queue.stats()).counts.completed < 60; round++) await bench.pass(1000)
  const tasks = await Promise.all(ids.map(taskId => bench.queue.get(taskId)))
  expect(tasks.map(({ status }) => status)).toEqual(Array(60).fill('completed'))
  expect(runs).toBeLessThanOrEqual(tasks.reduce((sum, { attempt, releases }) => sum + attempt + releases, 0))
  line.mend()
})

type Fault = 'pass' | 'fail' | 'hang' | 'lose' | 'doubt'
type Method = Exclude<keyof WorkSource, 'registerWorker' | 'body'>

/** A line to the queue that a test breaks: calls fail before they arrive, hang, or lose their answers. */
function faulty(queue: Queue) {
  const faults = new Map<Method, { fault: Fault; left: number }>()
  const counts = new Map<Method, number>()
  let choice: (() => Fault) | undefined
  let hanging: (() => void)[] = []

  function faultOf(method: Method): Fault {
    counts.set(method, (counts.get(method) ?? 0) + 1)
    const set = faults.get(method)
    if (!set) return choice?.() ?? 'pass'
    if (--set.left === 0) faults.delete(method)
    return set.fault
  }

  async function through<T>(method: Method, call: () => Promise<T>): Promise<T> {
    const fault = faultOf(method)
    if (fault === 'fail') throw new AppError('SERVICE_UNAVAILABLE', 'The line is cut')
    if (fault === 'hang') await new Promise<void>(resolve => hanging.push(resolve))
    const answer = await call()
    if (fault === 'lose') throw new Error('The answer was lost')
    if (fault === 'doubt') throw new AppError('OUTCOME_UNKNOWN', 'The stream broke')
    return answer
  }

  const set =
    (fault: Fault) =>
    (method: Method, times = Number.POSITIVE_INFINITY) => {
      faults.set(method, { fault, left: times })
    }
  const source: WorkSource = {
    registerWorker: queue.registerWorker,
    body: queue.body,
    unregisterWorker: (...args) => through('unregisterWorker', () => queue.unregisterWorker(...args)),
    claim: (...args): Promise<readonly Lease[]> => through('claim', () => queue.claim(...args)),
    heartbeat: beat => through('heartbeat', () => queue.heartbeat(beat)),
    complete: completion => through('complete', () => queue.complete(completion)),
    release: request => through('release', () => queue.release(request)),
    async *cancellations(workerId, signal) {
      await through('cancellations', async () => {})
      yield* queue.cancellations(workerId, signal)
    }
  }
  return {
    source,
    fail: set('fail'),
    hang: set('hang'),
    lose: set('lose'),
    /** As a broken stream to a peer does. */
    doubt: set('doubt'),
    choose(next: () => Fault) {
      choice = next
    },
    mend() {
      faults.clear()
      choice = undefined
      for (const resolve of hanging.splice(0)) resolve()
      hanging = []
    },
    calls: (method: Method) => counts.get(method) ?? 0
  }
}
