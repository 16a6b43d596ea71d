/** The worker lane: real processes, and tools that misbehave in them. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { startChild } from '../../src/child.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createLog } from '../../src/core/log.ts'
import type { CallRequest } from '../../src/core/tool.ts'
import { type ChildPool, createChildPool } from '../../src/runtime/lanes/child-pool.ts'
import { createFixtureNode } from '../helpers/fixture-node.ts'
import { metricsText } from '../helpers/metrics.ts'
import { killHard } from '../helpers/processes.ts'
import { childTools } from './child-tools.ts'

const pools: ChildPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map(pool => pool.stop()))
})

function open({ concurrency = 1, queue = 1, idleMs = 30_000 } = {}) {
  const module = new URL('./fixture-child.ts', import.meta.url)
  const children = createChildPool({ start: startChild, module, memoryMb: 64, clock: systemClock, idleMs })
  pools.push(children)
  const lines: string[] = []
  const log = createLog('warn', line => lines.push(line))
  const node = createFixtureNode({
    categories: [childTools],
    lanes: { worker: { concurrency, queue, children } },
    log
  })
  const call = async (tool: string, more: Partial<CallRequest> = {}) =>
    (await node.dispatcher.invoke({ tool, args: {}, evidence: { kind: 'process' }, ...more })).envelope
  return { ...node, children, call, lines }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const until = async (isThere: () => boolean | Promise<boolean>) => {
  while (!(await isThere())) await new Promise(resolve => setTimeout(resolve, 5))
}

describe('a tool in a process', () => {
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

  test('runs at the lowest priority, and the node keeps its own', async () => {
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

  test('input is checked before any process starts', async () => {
    const { call, children } = open()
    expect(await call('add', { args: { numbers: ['x'] } })).toMatchObject({ error: 'INVALID_INPUT' })
    expect(children.size()).toBe(0)
  })

  test.each(['objects', 'numbers', 'map', 'text', 'array', 'json'])(
    'that takes more memory than it may for %s ends alone, and the next call finds a process',
    async what => {
      const { call } = open()
      expect(await call('hoard', { args: { what } })).toMatchObject({
        error: 'TOO_LARGE',
        message: expect.stringContaining('64 MB')
      })
      expect(await call('add', { args: { numbers: [1] } })).toMatchObject({ sum: 1 })
    }
  )
})

test('a value nested too deep to be sent is refused, and its process serves the next call', async () => {
  const { call, children } = open()
  let value: unknown = 1
  for (let depth = 0; depth < 100_000; depth++) value = [value]
  expect(await call('take', { args: { value } })).toMatchObject({ error: 'TOO_LARGE' })
  expect(await call('add', { args: { numbers: [1] } })).toMatchObject({ sum: 1 })
  expect(children.size()).toBe(1)
})

test('a process that somebody else kills fails its call, and the next one is served', async () => {
  const { call } = open()
  let pid = 0
  const spinning = call('spin', {
    progress: done => {
      pid = done
    }
  })
  await until(() => pid > 0)
  process.kill(pid, 'SIGKILL')
  expect(await spinning).toMatchObject({ error: 'INTERNAL' })
  expect(await call('add', { args: { numbers: [3] } })).toMatchObject({ sum: 3 })
})

test('a busy process does not outlive a node that is killed', async () => {
  const node = fork(fileURLToPath(new URL('./fixture-parent.ts', import.meta.url)), { execArgv: [] })
  const [pid] = await once(node, 'message')
  expect(isThere(pid)).toBe(true)
  await killHard(Number(node.pid))
  await until(() => !isThere(pid))
})

describe('abort', () => {
  test('ends a busy loop with its process, and the next call is served', async () => {
    const { call, children } = open()
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
    expect(children.size()).toBe(0)
    expect(await call('add', { args: { numbers: [2] } })).toMatchObject({ sum: 2 })
  })

  test('lets a tool stop by itself, and its process lives on', async () => {
    const { call, children } = open()
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
    expect(children.size()).toBe(1)
  })

  test('comes with the stop of the pool, for calls and idle processes alike', async () => {
    const { call, children } = open({ concurrency: 2 })
    await call('add', { args: { numbers: [] } })
    let started = false
    const spinning = call('spin', {
      progress: () => {
        started = true
      }
    })
    await until(() => started)
    await children.stop()
    expect(await spinning).toMatchObject({ error: 'CANCELLED' })
    expect(children.size()).toBe(0)
  })
})

describe('the lane', () => {
  test('uses a process again, starts no more than its places, and is BUSY beyond its queue', async () => {
    const { call, children, metrics } = open({ concurrency: 2, queue: 1 })
    for (let round = 0; round < 3; round++) await call('add', { args: { numbers: [] } })
    expect(children.size()).toBe(1)
    const caller = new AbortController()
    const waiting = [1, 2, 3].map(() => call('wait', { signal: caller.signal }))
    await until(async () => (await metricsText(metrics)).includes('ipfs_datasets_lane_waiting{runtime="worker"} 1'))
    expect(children.size()).toBe(2)
    expect(await call('add', { args: { numbers: [] } })).toMatchObject({ error: 'BUSY', details: { lane: 'worker' } })
    caller.abort()
    for (const ended of await Promise.all(waiting)) expect(ended).toMatchObject({ error: 'CANCELLED' })
    const text = await metricsText(metrics)
    expect(text).toContain('_count{gen_ai_tool_name="wait",runtime="worker",error_type="CANCELLED"} 3')
    expect(text).toContain('ipfs_datasets_lane_refused_total{runtime="worker"} 1')
  })

  test('ends processes that nobody used for a while', async () => {
    const { call, children } = open({ idleMs: 20 })
    await call('add', { args: { numbers: [] } })
    await until(() => children.size() === 0)
    expect(await call('add', { args: { numbers: [4] } })).toMatchObject({ sum: 4 })
  })
})
