import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createDeadlines } from '../../src/runtime/deadlines.ts'
import { createBoundedLane } from '../../src/runtime/lanes/bounded.ts'
import { createRouter } from '../../src/runtime/router.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const never = new AbortController().signal

function gate() {
  let open = () => {}
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { open, opened }
}

describe('a bounded lane', () => {
  test('runs at most its concurrency, in order, and everything in the end', async () => {
    const lane = createBoundedLane('general', { concurrency: 2, queue: 10 })
    const order: number[] = []
    let most = 0
    await Promise.all(
      [1, 2, 3, 4, 5, 6].map(number =>
        lane.run(async () => {
          most = Math.max(most, lane.load().running)
          order.push(number)
          await turn()
        }, never)
      )
    )
    expect(order).toEqual([1, 2, 3, 4, 5, 6])
    expect(most).toBe(2)
    expect(lane.load()).toMatchObject({ running: 0, queued: 0 })
  })

  test('what does not fit its queue is BUSY at once, and what waits is not disturbed', async () => {
    const lane = createBoundedLane('general', { concurrency: 1, queue: 1 })
    const { open, opened } = gate()
    const first = lane.run(() => opened, never)
    const second = lane.run(async () => 'second', never)
    await expect(lane.run(async () => 'third', never)).rejects.toMatchObject({ code: 'BUSY' })
    open()
    await first
    await expect(second).resolves.toBe('second')
  })

  test('an aborted call leaves the queue and its place goes to the next', async () => {
    const lane = createBoundedLane('general', { concurrency: 1, queue: 5 })
    const { open, opened } = gate()
    const caller = new AbortController()
    const first = lane.run(() => opened, never)
    const gone = lane.run(async () => 'gone', caller.signal)
    const next = lane.run(async () => 'next', never)
    caller.abort(new Error('left'))
    await expect(gone).rejects.toThrow('left')
    expect(lane.load()).toMatchObject({ running: 1, queued: 1 })
    open()
    await first
    await expect(next).resolves.toBe('next')
    expect(lane.load()).toMatchObject({ running: 0, queued: 0 })
  })

  test('a failing call gives its place back', async () => {
    const lane = createBoundedLane('general', { concurrency: 1, queue: 0 })
    await expect(lane.run(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken')
    await expect(lane.run(async () => 'fine', never)).resolves.toBe('fine')
  })
})

test('a full general lane does not delay a p2p call', async () => {
  const router = createRouter({ general: { concurrency: 1, queue: 1 }, p2p: { concurrency: 1, queue: 0 } })
  const { open, opened } = gate()
  const busy = [router.laneFor('general').run(() => opened, never), router.laneFor('general').run(() => opened, never)]
  await expect(router.laneFor('p2p').run(async () => 'through', never)).resolves.toBe('through')
  open()
  await Promise.all(busy)
})

describe('deadlines', () => {
  test('fire once, never early and at most one tick late', () => {
    const clock = createManualClock()
    const deadlines = createDeadlines(clock)
    const fired: number[] = []
    for (const delay of [50, 100, 1000, 1001]) deadlines.add(delay, () => fired.push(clock.monotonic() - delay))
    clock.advance(5000)
    expect(fired).toHaveLength(4)
    for (const late of fired) {
      expect(late).toBeGreaterThanOrEqual(0)
      expect(late).toBeLessThanOrEqual(200)
    }
  })

  test('a forgotten deadline does not fire, and an empty wheel sets no timer', () => {
    const clock = createManualClock()
    const deadlines = createDeadlines(clock)
    let fired = 0
    const forget = deadlines.add(100, () => fired++)
    forget()
    forget()
    clock.advance(1000)
    expect(fired).toBe(0)
    expect(deadlines.size).toBe(0)
  })
})

test('calls that wait take no place of peer-to-peer calls that work, and are bounded themselves', async () => {
  const router = createRouter({ general: { concurrency: 1, queue: 1 }, p2p: { concurrency: 1, queue: 1 } })
  const { promise: opened, resolve: open } = Promise.withResolvers<void>()
  const waiting = [1, 2].map(() => router.laneFor('p2p', true).run(() => opened, never))
  await expect(router.laneFor('p2p').run(async () => 'through', never)).resolves.toBe('through')
  await expect(router.laneFor('p2p', true).run(() => opened, never)).rejects.toMatchObject({ code: 'BUSY' })
  open()
  await Promise.all(waiting)
})
