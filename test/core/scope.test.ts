import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../src/core/errors.ts'
import { TaskScope } from '../../src/core/scope.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })

describe('no task outlives its scope', () => {
  test('leaving waits until every task has settled', async () => {
    const done: string[] = []
    {
      await using scope = new TaskScope()
      for (const name of ['a', 'b']) {
        void scope.run(async () => {
          await turn()
          await turn()
          done.push(name)
        })
      }
      await scope.join()
    }
    expect(done).toEqual(['a', 'b'])
  })

  test('leaving without joining aborts the tasks and waits for their clean-up', async () => {
    const events: string[] = []
    {
      await using scope = new TaskScope()
      scope
        .run(async signal => {
          try {
            await untilAborted(signal)
          } finally {
            await turn()
            events.push('cleaned up')
          }
        })
        .catch(() => {})
      await turn()
    }
    expect(events).toEqual(['cleaned up'])
  })

  test('a scope that was left starts nothing more', async () => {
    const scope = new TaskScope()
    await scope[Symbol.asyncDispose]()
    await expect(scope.run(async () => 1)).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})

describe('a failure aborts the siblings and is reported with them', () => {
  test('the first failure is what join throws', async () => {
    await using scope = new TaskScope()
    const failure = new Error('broken')
    const sibling = scope.run(untilAborted)
    scope
      .run(async () => {
        throw failure
      })
      .catch(() => {})
    await expect(sibling).rejects.toBe(failure)
    await expect(scope.join()).rejects.toBe(failure)
  })

  test('a sibling that fails in its own way is reported too', async () => {
    await using scope = new TaskScope()
    scope
      .run(async signal => {
        await untilAborted(signal).catch(() => {})
        throw new Error('second')
      })
      .catch(() => {})
    scope
      .run(async () => {
        throw new Error('first')
      })
      .catch(() => {})
    const thrown = await scope.join().catch(error => error)
    expect(thrown).toBeInstanceOf(AggregateError)
    expect(thrown.errors.map((error: Error) => error.message)).toEqual(['first', 'second'])
  })
})

describe('a deadline and a limit belong to the scope', () => {
  test('the deadline aborts every task', async () => {
    const clock = createManualClock()
    await using scope = new TaskScope({ timeoutMs: 1000, clock })
    const task = scope.run(untilAborted)
    clock.advance(999)
    expect(scope.signal.aborted).toBe(false)
    clock.advance(1)
    await expect(task).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' })
  })

  test('never more tasks run than the limit, and all of them run', async () => {
    let running = 0
    let most = 0
    let finished = 0
    await using scope = new TaskScope({ limit: 3 })
    for (let index = 0; index < 20; index++) {
      void scope.run(async () => {
        most = Math.max(most, ++running)
        await turn()
        running--
        finished++
      })
    }
    await scope.join()
    expect(most).toBe(3)
    expect(finished).toBe(20)
  })

  test('an abort frees the tasks that wait for their turn', async () => {
    const scope = new TaskScope({ limit: 1 })
    const tasks = [scope.run(untilAborted), scope.run(untilAborted), scope.run(untilAborted)]
    scope.abort(new AppError('CANCELLED', 'enough'))
    for (const task of tasks) await expect(task).rejects.toMatchObject({ message: 'enough' })
    await scope[Symbol.asyncDispose]()
  })
})

test('an aborted parent aborts the scope, also when it was aborted before', async () => {
  const parent = new AbortController()
  await using early = new TaskScope({ parent: parent.signal })
  parent.abort(new Error('gone'))
  await using late = new TaskScope({ parent: parent.signal })
  expect(early.signal.reason).toMatchObject({ message: 'gone' })
  expect(late.signal.reason).toMatchObject({ message: 'gone' })
})
