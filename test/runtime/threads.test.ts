/** The worker lane: real threads, and tools that misbehave in them. */

import { getPriority, platform } from 'node:os'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { createLog } from '../../src/core/log.ts'
import type { CallRequest } from '../../src/core/tool.ts'
import { createThreadPool, type ThreadPool } from '../../src/runtime/lanes/threads.ts'
import { createFixtureNode } from '../helpers/fixture-node.ts'
import { metricsText } from '../helpers/metrics.ts'
import { threadTools } from './thread-tools.ts'

const pools: ThreadPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map(pool => pool.stop()))
})

function open({ concurrency = 1, queue = 1, idleMs = 30_000 } = {}) {
  const module = new URL('./fixture-thread.ts', import.meta.url)
  const threads = createThreadPool({ module, memoryMb: 64, clock: systemClock, idleMs })
  pools.push(threads)
  const lines: string[] = []
  const log = createLog('warn', line => lines.push(line))
  const node = createFixtureNode({
    categories: [threadTools],
    lanes: { worker: { concurrency, queue, threads } },
    log
  })
  const call = async (tool: string, more: Partial<CallRequest> = {}) =>
    (await node.dispatcher.invoke({ tool, args: {}, evidence: { kind: 'process' }, ...more })).envelope
  return { ...node, threads, call, lines }
}

const until = async (isThere: () => boolean | Promise<boolean>) => {
  while (!(await isThere())) await new Promise(resolve => setTimeout(resolve, 5))
}

describe('a tool in a thread', () => {
  test('gets its input, principal and call, and is heard: value, progress, log and words', async () => {
    const { call, lines } = open()
    const progress: unknown[] = []
    const told: unknown[] = []
    const envelope = await call('add', {
      args: { numbers: [1, 2, 3] },
      progress: (...report) => progress.push(report),
      client: { can: () => false, ask: () => Promise.reject(new Error()), tell: (...words) => told.push(words) }
    })
    expect(envelope).toMatchObject({ success: true, sum: 6, id: 'local', call: envelope.request_id })
    expect(progress).toEqual([[1, 2, 'half']])
    expect(told).toEqual([['notice', 'a sum is coming']])
    expect(lines.map(line => JSON.parse(line))).toMatchObject([{ message: 'adding', count: 3, tool: 'add' }])
  })

  test.runIf(platform() === 'linux')('runs at the lowest priority, and the main thread keeps its own', async () => {
    const { call } = open()
    const before = getPriority()
    expect(await call('add', { args: { numbers: [] } })).toMatchObject({ priority: 19 })
    expect(getPriority()).toBe(before)
  })

  test('fails with its code and details; an unknown throw discloses nothing and is in the log', async () => {
    const { call, lines } = open()
    expect(await call('refuse')).toMatchObject({ error: 'BAD_DATA', details: { line: 7 }, issues: [{ path: '/x' }] })
    const crashed = await call('crash')
    expect(crashed).toMatchObject({ error: 'INTERNAL' })
    expect(JSON.stringify(crashed)).not.toContain('secret')
    expect(lines.join()).toContain('secret detail')
    expect(await call('unclonable')).toMatchObject({ error: 'INTERNAL' })
    expect(await call('print')).toMatchObject({ success: true })
  })

  test('input is checked before any thread starts', async () => {
    const { call, threads } = open()
    expect(await call('add', { args: { numbers: ['x'] } })).toMatchObject({ error: 'INVALID_INPUT' })
    expect(threads.size()).toBe(0)
  })

  test('that takes more memory than it may ends alone, and the next call finds a thread', async () => {
    const { call } = open()
    expect(await call('hoard')).toMatchObject({ error: 'TOO_LARGE', message: expect.stringContaining('64 MB') })
    expect(await call('add', { args: { numbers: [1] } })).toMatchObject({ sum: 1 })
  })
})

describe('abort', () => {
  test('ends a busy loop with its thread, and the next call is served', async () => {
    const { call, threads } = open()
    const caller = new AbortController()
    let started = false
    const spinning = call('spin', {
      signal: caller.signal,
      progress: () => {
        started = true
      }
    })
    await until(() => started)
    caller.abort()
    expect(await spinning).toMatchObject({ error: 'CANCELLED' })
    expect(threads.size()).toBe(0)
    expect(await call('add', { args: { numbers: [2] } })).toMatchObject({ sum: 2 })
  })

  test('lets a tool stop by itself, and its thread lives on', async () => {
    const { call, threads } = open()
    const caller = new AbortController()
    let started = false
    const waiting = call('wait', {
      signal: caller.signal,
      progress: () => {
        started = true
      }
    })
    await until(() => started)
    caller.abort()
    expect(await waiting).toMatchObject({ error: 'CANCELLED', message: 'Stopped by itself' })
    expect(threads.size()).toBe(1)
  })

  test('comes with the stop of the pool, for calls and idle threads alike', async () => {
    const { call, threads } = open({ concurrency: 2 })
    await call('add', { args: { numbers: [] } })
    let started = false
    const spinning = call('spin', {
      progress: () => {
        started = true
      }
    })
    await until(() => started)
    await threads.stop()
    expect(await spinning).toMatchObject({ error: 'CANCELLED' })
    expect(threads.size()).toBe(0)
  })
})

describe('the lane', () => {
  test('uses a thread again, starts no more than its places, and is BUSY beyond its queue', async () => {
    const { call, threads, metrics } = open({ concurrency: 2, queue: 1 })
    for (let round = 0; round < 3; round++) await call('add', { args: { numbers: [] } })
    expect(threads.size()).toBe(1)
    const caller = new AbortController()
    const waiting = [1, 2, 3].map(() => call('wait', { signal: caller.signal }))
    await until(async () => (await metricsText(metrics)).includes('ipfs_datasets_lane_waiting{runtime="worker"} 1'))
    expect(threads.size()).toBe(2)
    expect(await call('add', { args: { numbers: [] } })).toMatchObject({ error: 'BUSY', details: { lane: 'worker' } })
    caller.abort()
    for (const ended of await Promise.all(waiting)) expect(ended).toMatchObject({ error: 'CANCELLED' })
    const text = await metricsText(metrics)
    expect(text).toContain('_count{gen_ai_tool_name="wait",runtime="worker",error_type="CANCELLED"} 3')
    expect(text).toContain('ipfs_datasets_lane_refused_total{runtime="worker"} 1')
  })

  test('ends threads that nobody used for a while', async () => {
    const { call, threads } = open({ idleMs: 20 })
    await call('add', { args: { numbers: [] } })
    await until(() => threads.size() === 0)
    expect(await call('add', { args: { numbers: [4] } })).toMatchObject({ sum: 4 })
  })
})
