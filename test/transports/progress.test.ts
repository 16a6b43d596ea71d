import { expect, test } from 'vitest'
import { createProgress } from '../../src/transports/progress.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

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

test('a call that takes longer than half a second says so every second, between what its tool reports', () => {
  const clock = createManualClock()
  const sent: { progress: number; message?: string }[] = []
  const progress = createProgress(1, clock, text => sent.push(JSON.parse(text).params))
  clock.advance(499)
  expect(sent).toEqual([])
  clock.advance(2_001)
  expect(sent.map(({ message }) => message)).toEqual(['at work for 1 s', 'at work for 2 s', 'at work for 3 s'])
  clock.advance(100)
  progress.report(1, 3, 'steps')
  clock.advance(2_000)
  progress.report(2, 3, 'steps')
  progress.finish()
  clock.advance(10_000)
  expect(sent.slice(3).map(({ message }) => message)).toEqual(['steps', 'at work for 5 s', 'steps'])
  const values = sent.map(each => each.progress)
  expect(values).toEqual([...new Set(values)].sort((a, b) => a - b))
})

test('a report held back does not wait for the end of a long call', () => {
  const clock = createManualClock()
  const sent: number[] = []
  const progress = createProgress(1, clock, text => sent.push(JSON.parse(text).params.progress))
  progress.report(1)
  progress.report(2)
  clock.advance(500)
  expect(sent).toEqual([1, 2])
  progress.finish()
})

test('a call that is over before says nothing', () => {
  const clock = createManualClock()
  const sent: string[] = []
  const progress = createProgress(1, clock, text => sent.push(text))
  clock.advance(400)
  progress.finish()
  clock.advance(10_000)
  expect(sent).toEqual([])
})
