import { expect, test } from 'vitest'
import { createProgress } from '../../src/transports/progress.ts'

function setUp() {
  let time = 0
  const sent: number[] = []
  const clock = { now: () => time, monotonic: () => time, after: () => () => {} }
  const progress = createProgress(1, clock, text => sent.push(JSON.parse(text).params.progress))
  return { progress, sent, pass: (ms: number) => (time += ms) }
}

test('at most one report passes in a tenth of a second', () => {
  const { progress, sent, pass } = setUp()
  for (let done = 1; done <= 100; done++) {
    progress.report(done)
    pass(10)
  }
  expect(sent).toHaveLength(10)
})

test('reports that do not grow, or are no number, are dropped', () => {
  const { progress, sent, pass } = setUp()
  for (const done of [5, 5, 4, Number.NaN, Number.POSITIVE_INFINITY, 6]) {
    progress.report(done)
    pass(200)
  }
  expect(sent).toEqual([5, 6])
})

test('a report held back is sent at the end, and nothing after it', () => {
  const { progress, sent } = setUp()
  progress.report(1)
  progress.report(2)
  progress.report(3)
  progress.finish()
  progress.report(4)
  progress.finish()
  expect(sent).toEqual([1, 3])
})
