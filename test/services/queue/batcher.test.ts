/** Group commit: what goes to the store together, in which order, and what becomes of it when the store fails. */
import { expect, test, vi } from 'vitest'
import { AppError } from '../../../src/core/errors.ts'
import { createBatcher } from '../../../src/services/queue/batcher.ts'
import type { Committed, Operation } from '../../../src/services/queue/store.ts'

interface Call {
  taskIds: string[]
  isMoreComing: boolean
  answer(): void
  fail(): void
}

function open() {
  const calls: Call[] = []
  const committed: Committed[] = []
  const store = {
    commit(batch: readonly Operation[], _time: unknown, { isMoreComing = false } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<Committed>()
      const taskIds = batch.map(operation => ('taskId' in operation ? operation.taskId : ''))
      calls.push({
        taskIds,
        isMoreComing,
        answer: () => resolve({ outcomes: taskIds.map(value => ({ value })), changes: [], due: {} }),
        fail: () => reject(new AppError('STORAGE_FULL', 'The disk is full'))
      })
      return promise
    }
  }
  const time = () => ({ now: 0, steady: 0 })
  const batcher = createBatcher({ store, time, defer: setImmediate, onCommitted: one => void committed.push(one) })
  const remove = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => batcher.run('remove', { taskId: String(from + index) }))
  return { calls, committed, batcher, remove }
}

const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => String(from + index))
const turn = () => new Promise<void>(setImmediate)

test('a turn is one group, of which large ones go in parts, in order; only the last says that no more is coming', async () => {
  const { calls, remove, committed } = open()
  const answers = Promise.all(remove(0, 70))
  await turn()
  expect(calls.flatMap(({ taskIds }) => taskIds)).toEqual(names(0, 70))
  expect(calls.length).toBeGreaterThan(2)
  expect(calls.map(({ isMoreComing }) => isMoreComing)).toEqual([...calls.slice(1).map(() => true), false])
  for (const call of calls) call.answer()
  expect(await answers).toEqual(names(0, 70))
  expect(committed).toHaveLength(calls.length)
})

test('what comes while a group is on its way waits for its end, and then goes together', async () => {
  const { calls, remove, batcher } = open()
  const first = remove(0, 1)
  await turn()
  const others = [...remove(1, 4), ...remove(4, 6)]
  await turn()
  expect(calls.map(({ taskIds }) => taskIds)).toEqual([['0']])
  calls[0]?.answer()
  expect(await Promise.all(first)).toEqual(['0'])
  others.push(...remove(6, 7))
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  expect(calls.map(({ taskIds }) => taskIds)).toEqual([['0'], names(1, 7)])
  calls[1]?.answer()
  await batcher.settled()
  expect(await Promise.all(others)).toEqual(names(1, 7))
})

test('a part that fails takes nobody of another part with it, and the next group is taken', async () => {
  const { calls, remove } = open()
  const answers = Promise.allSettled(remove(0, 40))
  await turn()
  const [lost, ...others] = calls
  lost?.fail()
  for (const call of others) call.answer()
  const failed = (await answers).filter(({ status }) => status === 'rejected')
  expect(failed).toHaveLength(lost?.taskIds.length ?? 0)
  const before = calls.length
  const next = remove(40, 41)
  await vi.waitFor(() => expect(calls).toHaveLength(before + 1))
  calls.at(-1)?.answer()
  expect(await Promise.all(next)).toEqual(['40'])
})
