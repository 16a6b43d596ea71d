/** The queue of another process as a source of work: every operation through the tools of a node. */
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../src/config.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { AppError } from '../../../src/core/errors.ts'
import { silentLog } from '../../../src/core/log.ts'
import { startNode } from '../../../src/node.ts'
import type { TaskHandler } from '../../../src/services/workers/api.ts'
import { createCallSource, createRelayHandler, createWorker } from '../../../src/services/workers/index.ts'
import { createWorkspace } from '../../helpers/processes.ts'
import { holding } from './open.ts'

const evidence = { kind: 'process' } as const
const principal = { kind: 'local', id: 'local' } as const

async function open() {
  const workspace = await createWorkspace()
  const { cwd, dataDir } = workspace
  const flags = { 'data-dir': dataDir }
  const config = await loadConfig({ flags, env: {}, cwd, home: cwd, readFile: async () => '' })
  const node = await startNode(config, { log: silentLog })
  const source = createCallSource(node.invoke, evidence)
  const stops: (() => Promise<void>)[] = []

  async function call(tool: string, args: object): Promise<Record<string, unknown>> {
    return (await node.invoke({ tool, args, evidence })).envelope
  }

  return {
    node,
    source,
    call,
    async hire(...handlers: TaskHandler[]) {
      const options = { workerId: 'far', principal, concurrency: 2, leaseMs: 3000, source, handlers }
      const worker = createWorker({ ...options, clock: systemClock, log: silentLog })
      stops.push(worker.stop)
      await worker.start()
    },
    submit: (args: object) => call('task_submit', { task_type: 'noop', payload: {}, ...args }),
    wait: (task_id: unknown) => call('task_wait', { task_id, wait_s: 20 }),
    async [Symbol.asyncDispose]() {
      await Promise.all(stops.map(stop => stop()))
      await node.stop()
      await workspace[Symbol.asyncDispose]()
    }
  }
}

const until = async (isThere: () => boolean | Promise<boolean>) => {
  while (!(await isThere())) await new Promise(resolve => setTimeout(resolve, 10))
}

describe('a worker over the tools of the queue', () => {
  test('runs tasks to their results, several one after the other, and a payload that is kept in blocks', async () => {
    await using opened = await open()
    await opened.hire({ type: 'noop', run: async ({ payload }) => ({ length: String(payload.text).length }) })
    const lengths = [3, 100_000, 7, 8, 9]
    const tasks = await Promise.all(lengths.map(length => opened.submit({ payload: { text: 'ä'.repeat(length) } })))
    for (const [index, { task_id }] of tasks.entries()) {
      await opened.wait(task_id)
      expect(await opened.call('task_result', { task_id })).toMatchObject({
        status: 'completed',
        result: { length: lengths[index] }
      })
    }
  })

  test('reports progress and lines, keeps its lease, and hears of a cancellation by its heartbeat', async () => {
    await using opened = await open()
    const held = holding()
    await opened.hire(held)
    const { task_id } = await opened.submit({})
    await until(() => held.runs.length === 1)
    held.runs[0]?.run.progress({ fraction: 0.25, message: 'a quarter' })
    held.runs[0]?.run.log('x'.repeat(5000), 'stderr')
    const shows = async () => await opened.call('task_status', { task_id, include_logs: true })
    await until(async () => (await shows()).progress !== null)
    expect(await shows()).toMatchObject({
      progress: { fraction: 0.25, message: 'a quarter' },
      logs: [{ stream: 'stderr', message: 'x'.repeat(1000) }]
    })
    await new Promise(resolve => setTimeout(resolve, 3500))
    expect(await shows()).toMatchObject({ status: 'running', attempt: 1 })
    await opened.call('task_cancel', { task_id, reason: 'enough' })
    await opened.wait(task_id)
    expect(await shows()).toMatchObject({ status: 'cancelled', cancel_reason: 'enough' })
  })

  test('says how a task failed, with code, words and details, also when these are long', async () => {
    await using opened = await open()
    const run = () => Promise.reject(new AppError('BAD_DATA', 'y'.repeat(9000), { details: { line: 7 } }))
    await opened.hire({ type: 'noop', run })
    const { task_id } = await opened.submit({})
    await opened.wait(task_id)
    expect(await opened.call('task_status', { task_id })).toMatchObject({
      status: 'failed',
      error: { code: 'BAD_DATA', message: 'y'.repeat(4000), retryable: false, details: { line: 7 } }
    })
  })

  test('gives a task back', async () => {
    await using opened = await open()
    await opened.source.registerWorker({ workerId: 'w', capabilities: ['noop'], principal })
    const { task_id } = await opened.submit({})
    const [lease] = await opened.source.claim({ workerId: 'w', principal })
    expect(lease?.task).toMatchObject({ taskId: task_id, type: 'noop', attempt: 1, submitter: principal })
    const request = { taskId: String(task_id), leaseToken: lease?.leaseToken ?? '' }
    expect(await opened.source.release({ ...request, reason: 'no' })).toMatchObject({ status: 'queued' })
    await expect(opened.source.heartbeat(request)).rejects.toMatchObject({ code: 'STALE_LEASE' })
    expect(await opened.source.unregisterWorker('w', { graceful: false, principal })).toMatchObject({
      worker: { status: 'unregistered' },
      abandoned: 0
    })
  })

  test('runs tools: those that need no service in its own process, the others where the services are', async () => {
    await using opened = await open()
    const here: string[] = []
    const relay = createRelayHandler({
      invoke: opened.node.invoke,
      invokePure: request => {
        here.push(request.tool)
        return opened.node.invokePure(request)
      },
      catalog: opened.node.catalog,
      evidence
    })
    await opened.hire(relay)
    const calls = [
      { tool: 'chunk_text', args: { text: 'abc' } },
      { tool: 'load_dataset', args: { source: [{ x: 1 }], options: { dataset_id: 'points' } } },
      { tool: 'task_run', args: {} },
      { tool: 'no_such_tool', args: {} }
    ]
    const ended = []
    for (const payload of calls) {
      const { task_id } = await opened.submit({ task_type: 'tool.call', payload })
      await opened.wait(task_id)
      ended.push(await opened.call('task_status', { task_id, include_body: true }))
    }
    expect(ended).toMatchObject([
      { status: 'completed', result: { success: true, total: 1 } },
      { status: 'completed', result: { success: true, dataset_id: 'points', num_records: 1 } },
      { status: 'failed', error: { code: 'FORBIDDEN' } },
      { status: 'failed', error: { code: 'TOOL_NOT_FOUND' } }
    ])
    expect(here).toEqual(['chunk_text'])
    expect(await opened.call('query_dataset', { dataset_id: 'points', sql: 'SELECT x FROM dataset' })).toMatchObject({
      success: true
    })
  })
})

test('what needs services is refused in a process that may not own them', async () => {
  await using opened = await open()
  const call = opened.node.invokePure({ tool: 'list_datasets', args: {}, evidence })
  await expect(call).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
