import { expect, test } from 'vitest'
import { createStartEstimate } from '../../../src/services/queue/start-estimate.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'

test('the start of a waiting task follows from its place and what is finished per second', async () => {
  const clock = createManualClock()
  const estimate = createStartEstimate(clock, async () => 4)
  expect(await estimate(0)).toBe(clock.now())
  expect(await estimate(10)).toBe(clock.now() + 2500)
})

test('when nothing was finished, or nobody can tell, nothing is made up', async () => {
  const clock = createManualClock()
  expect(await createStartEstimate(clock, async () => 0)(10)).toBeUndefined()
  expect(await createStartEstimate(clock, () => Promise.reject(new Error('gone')))(10)).toBeUndefined()
})

test('however many tasks are submitted, the throughput is asked for once a second', async () => {
  const clock = createManualClock()
  let asked = 0
  const estimate = createStartEstimate(clock, async () => ++asked)
  for (let index = 0; index < 100; index++) await estimate(index)
  expect(asked).toBe(1)
  clock.advance(1000)
  await Promise.all([estimate(1), estimate(2)])
  expect(asked).toBe(2)
})
