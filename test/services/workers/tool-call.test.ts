/** Tasks that call tools: through the shipping dispatcher, as who submitted them. */
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startChild } from '../../../src/child.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { silentLog } from '../../../src/core/log.ts'
import type { Principal } from '../../../src/core/principal.ts'
import { type CallContext, type Category, defineTool } from '../../../src/core/tool.ts'
import { createChildPool } from '../../../src/runtime/lanes/child-pool.ts'
import { createToolCallHandler, createWorkers } from '../../../src/services/workers/index.ts'
import { createRemoteInvoke } from '../../../src/transports/remote-invoke.ts'
import { createFixtureNode, fixture } from '../../helpers/fixture-node.ts'
import { childTools } from '../../runtime/child-tools.ts'
import { noop } from '../../suites/queue/open.ts'
import { alice, openBench, until, untilStatus, worker } from './open.ts'

const mallory: Principal = { kind: 'anonymous', id: 'anonymous:mallory' }

const whoami = defineTool({
  ...fixture,
  name: 'whoami',
  remote: 'task',
  needs: [],
  input: z.strictObject({ loud: z.boolean().default(false) }),
  output: z.object({ kind: z.string(), id: z.string() }),
  run({ loud }, { principal, progress, client }) {
    progress(1, 2, 'half way')
    if (loud) client.tell('warning', 'mind the gap')
    return { ...principal }
  }
})

const private_ = defineTool({
  ...fixture,
  name: 'private',
  needs: [],
  input: z.strictObject({}),
  output: z.object({}),
  run: () => ({})
})

function node() {
  const slow: CallContext<never>[] = []
  const slowly = defineTool({
    ...fixture,
    name: 'slowly',
    remote: 'peer',
    needs: [],
    input: z.strictObject({}),
    output: z.object({}),
    run: (_input, context) => {
      slow.push(context)
      return new Promise((_, reject) => context.signal.addEventListener('abort', () => reject(context.signal.reason)))
    }
  })
  const category: Category = {
    id: 'task_fixtures',
    title: 'Fixtures',
    summary: 'Fixtures',
    tools: [whoami, private_, slowly]
  }
  const { dispatcher, catalog } = createFixtureNode({ categories: [category] })
  return { handler: createToolCallHandler({ invoke: dispatcher.invoke, catalog }), slow }
}

const toolCall = (payload: Record<string, unknown>, submitter = alice) =>
  noop({ type: 'tool.call', payload, submitter })

describe('a task that calls a tool', () => {
  test('runs as its submitter and never as the worker, and answers what a call of the tool answers', async () => {
    await using bench = await openBench()
    await bench.hire({ handlers: [node().handler] })
    for (const submitter of [alice, mallory]) {
      const { taskId } = await bench.queue.submit(toolCall({ tool: 'whoami' }, submitter))
      await untilStatus(bench.queue, taskId, 'completed')
      const { result, progress } = await bench.queue.get(taskId)
      expect(result).toMatchObject({ ...submitter, success: true, request_id: expect.any(String) })
      expect(progress).toEqual({ fraction: 0.5, message: 'half way' })
    }
  })

  test('what the tool tells its client stands in the log of the task', async () => {
    await using bench = await openBench()
    await bench.hire({ handlers: [node().handler] })
    const { taskId } = await bench.queue.submit(toolCall({ tool: 'task_fixtures.whoami', args: { loud: true } }))
    await untilStatus(bench.queue, taskId, 'completed')
    expect((await bench.queue.get(taskId)).logs).toMatchObject([{ message: 'warning: mind the gap' }])
  })

  test.each([
    [{}, 'INVALID_INPUT'],
    [{ tool: 7 }, 'INVALID_INPUT'],
    [{ tool: 'whoami', args: [] }, 'INVALID_INPUT'],
    [{ tool: 'whoami', args: { lout: true } }, 'INVALID_INPUT'],
    [{ tool: 'whoamI' }, 'TOOL_NOT_FOUND'],
    [{ tool: 'private' }, 'FORBIDDEN'],
    [{ tool: 'tools_dispatch', args: { tool: 'private' } }, 'FORBIDDEN']
  ])('a payload of %j fails once, as %s', async (payload, code) => {
    await using bench = await openBench()
    await bench.hire({ handlers: [node().handler] })
    const { taskId } = await bench.queue.submit(toolCall(payload))
    await untilStatus(bench.queue, taskId, 'failed')
    expect(await bench.queue.get(taskId)).toMatchObject({ error: { code, retryable: false }, attempt: 1 })
  })

  test('a cancelled task aborts the call', async () => {
    await using bench = await openBench()
    const { handler, slow } = node()
    await bench.hire({ handlers: [handler] })
    const { taskId } = await bench.queue.submit(toolCall({ tool: 'slowly' }))
    await until(() => slow.length === 1)
    await bench.queue.cancel(taskId)
    await untilStatus(bench.queue, taskId, 'cancelled')
    expect(slow[0]?.signal.aborted).toBe(true)
  })
})

test('a cancelled task whose tool does not listen loses its process, and ends as cancelled', async () => {
  await using bench = await openBench()
  const module = new URL('../../runtime/fixture-child.ts', import.meta.url)
  const children = createChildPool({ start: startChild, module, memoryMb: 64, clock: systemClock })
  const lanes = { worker: { concurrency: 1, queue: 0, children } }
  const { dispatcher, catalog } = createFixtureNode({ categories: [childTools], lanes })
  await bench.hire({ handlers: [createToolCallHandler({ invoke: dispatcher.invoke, catalog })] })
  const { taskId } = await bench.queue.submit(toolCall({ tool: 'spin' }))
  // The queue and its worker are on a clock of the test's own, processes are not.
  while ((await bench.queue.get(taskId)).progress === undefined) {
    await new Promise(resolve => setTimeout(resolve, 5))
    bench.clock.advance(1)
  }
  await bench.queue.cancel(taskId)
  while ((await bench.queue.get(taskId)).status === 'running') await new Promise(resolve => setTimeout(resolve, 5))
  expect((await bench.queue.get(taskId)).status).toBe('cancelled')
  expect(children.size()).toBe(0)
  await children.stop()
})

describe('a run for who holds the lease', () => {
  const saying = { signal: new AbortController().signal, progress: () => {}, log: () => {} }

  test('runs what was submitted, as its submitter, once', async () => {
    await using bench = await openBench()
    const workers = createWorkers({
      queue: bench.queue,
      handlers: [node().handler],
      clock: bench.clock,
      log: silentLog
    })
    const { taskId } = await bench.queue.submit(toolCall({ tool: 'whoami' }))
    const [lease] = await bench.queue.claim({ workerId: 'far', principal: worker })
    const run = { taskId, leaseToken: lease?.leaseToken ?? '', ...saying }
    expect(await workers.runLeased(run)).toMatchObject({ ...alice, success: true })
    await expect(workers.runLeased(run)).rejects.toMatchObject({ code: 'STALE_LEASE' })
  })

  test('is refused without the lease of the task: none, a made-up one, one of another task, an ended one', async () => {
    await using bench = await openBench()
    const workers = createWorkers({
      queue: bench.queue,
      handlers: [node().handler],
      clock: bench.clock,
      log: silentLog
    })
    const mine = await bench.queue.submit(toolCall({ tool: 'whoami' }, mallory))
    const [lease] = await bench.queue.claim({ workerId: 'far', principal: mallory })
    const leaseToken = lease?.leaseToken ?? ''
    const hers = await bench.queue.submit(toolCall({ tool: 'whoami' }))
    for (const claim of [
      { taskId: hers.taskId, leaseToken: '' },
      { taskId: hers.taskId, leaseToken: '9999999999-000000000001' },
      { taskId: hers.taskId, leaseToken }
    ]) {
      await expect(workers.runLeased({ ...claim, ...saying })).rejects.toMatchObject({ code: 'STALE_LEASE' })
    }
    await bench.queue.release({ taskId: mine.taskId, leaseToken })
    await expect(workers.runLeased({ taskId: mine.taskId, leaseToken, ...saying })).rejects.toMatchObject({
      code: 'STALE_LEASE'
    })
  })
})

test('a call on behalf of a submitter is never sent to another process', async () => {
  const invoke = createRemoteInvoke({ socketPath: '/nowhere/node.sock' }, { name: 'test', version: '1' })
  const { failure } = await invoke({ tool: 'whoami', args: {}, evidence: { kind: 'submitter', principal: alice } })
  expect(failure?.code).toBe('FORBIDDEN')
})
