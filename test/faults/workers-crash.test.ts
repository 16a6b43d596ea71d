/**
 * Workers and the owner of their queue, real processes all, are killed and stopped at any moment: every task is done in the end, each
 * effect stands once per fence, and what a worker says under a lost lease is refused.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, writeSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { systemRandom } from '../../src/core/random.ts'
import { createBlocks } from '../../src/services/blocks/index.ts'
import { createQueue } from '../../src/services/queue/index.ts'
import type { TaskHandler } from '../../src/services/workers/api.ts'
import { createWorker } from '../../src/services/workers/index.ts'
import { createRemoteInvoke } from '../../src/transports/remote-invoke.ts'
import { end, MAIN } from '../helpers/processes.ts'

const PROCESS = fileURLToPath(new URL('worker-process.ts', import.meta.url))
const ROUNDS = Number(process.env.ROUNDS ?? 10)
const ROUND_LIMIT_MS = 30_000
const TASKS_PER_ROUND = 30

interface Fleet extends AsyncDisposable {
  workers: ChildProcess[]
  /** Owner of the queue, as far as the processes have said. */
  owner(): Promise<ChildProcess>
  call(tool: string, args: object): Promise<Record<string, unknown>>
  ledger(): Promise<string[][]>
  /** Starts again what does not run. */
  replace(): Promise<void>
}

async function openFleet(size: number): Promise<Fleet> {
  const directory = await mkdtemp(join(tmpdir(), 'fleet-'))
  const [dataDir, ledgerPath] = [join(directory, 'd'), join(directory, 'ledger')]
  await appendFile(ledgerPath, '')
  const workers: ChildProcess[] = []
  let server: ChildProcess | undefined
  let hired = 0
  const invoke = createRemoteInvoke({ socketPath: join(dataDir, 'node.sock') }, { name: 'test', version: '1' })
  const isDead = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null

  function start(...args: string[]): ChildProcess {
    return spawn(process.execPath, args, {
      cwd: directory,
      env: { ...process.env, IPFS_DATASETS_MCP_WORKERS_CONCURRENCY: '0', IPFS_DATASETS_MCP_SERVER_LOG_LEVEL: 'error' },
      stdio: 'ignore'
    })
  }

  async function ledger(): Promise<string[][]> {
    return (await readFile(ledgerPath, 'utf8')).split('\n').map(line => line.split(' '))
  }

  /** Asks until there is an owner that answers: everything asked for here may be asked twice. */
  async function call(tool: string, args: object): Promise<Record<string, unknown>> {
    for (const giveUpAt = performance.now() + ROUND_LIMIT_MS / 2; ; await sleep(20)) {
      const outcome = await invoke({ tool, args, evidence: { kind: 'process' } }).catch(() => undefined)
      if (outcome && !outcome.failure?.retryable) return outcome.envelope
      if (performance.now() > giveUpAt) throw new Error(`No owner answered ${tool}: ${outcome?.failure?.message}`)
    }
  }

  const fleet: Fleet = {
    workers,
    call,
    ledger,
    async owner() {
      const [, pid] = (await ledger()).findLast(([step]) => step === 'owned') ?? []
      const owning = workers.find(worker => String(worker.pid) === pid && !isDead(worker))
      if (owning ?? server) return (owning ?? server) as ChildProcess
      throw new Error('Nobody was started')
    },
    async replace() {
      if (!server || isDead(server))
        server = start(MAIN, 'serve', '--transport', 'http', '--port', '0', '--data-dir', dataDir)
      const names: string[] = []
      for (let index = 0; index < size; index++) {
        const worker = workers[index]
        if (worker && !isDead(worker)) continue
        names.push(`w${++hired}`)
        workers[index] = start(PROCESS, dataDir, ledgerPath, `w${hired}`)
      }
      for (const giveUpAt = performance.now() + ROUND_LIMIT_MS / 2; ; await sleep(20)) {
        const working = (await ledger()).filter(([step]) => step === 'working').map(([, name]) => name)
        if (names.every(name => working.includes(name))) return
        if (performance.now() > giveUpAt) throw new Error('The workers did not start')
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...workers, ...(server ? [server] : [])].map(child => end(child, 'SIGKILL')))
      await rm(directory, { recursive: true })
    }
  }
  await fleet.replace()
  return fleet
}

const submit = (fleet: Fleet, task_id: string, task_type: string) =>
  fleet.call('task_submit', { task_id, task_type, payload: {}, retry_policy: { max_attempts: 1000, base_s: 0 } })

async function untilCompleted(fleet: Fleet, taskIds: readonly string[]): Promise<Map<string, string>> {
  const results = new Map<string, string>()
  for (const task_id of taskIds) {
    const giveUpAt = performance.now() + ROUND_LIMIT_MS
    for (;;) {
      const { status } = await fleet.call('task_wait', { task_id, wait_s: 1 })
      if (status === 'completed') break
      expect(['queued', 'running']).toContain(status)
      if (performance.now() > giveUpAt) throw new Error(`${task_id} is not done`)
    }
    results.set(task_id, String(Object((await fleet.call('task_result', { task_id })).result).by))
  }
  return results
}

test(`${ROUNDS} kills of workers, of the owner and of both lose no task and repeat no effect under a fence`, {
  timeout: ROUNDS * ROUND_LIMIT_MS
}, async () => {
  await using fleet = await openFleet(2)
  const results = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round++) {
    const ids = Array.from({ length: TASKS_PER_ROUND }, (_, index) => `${round}-${index}`)
    await Promise.all(ids.map(taskId => submit(fleet, taskId, 'ledger')))
    await sleep(Math.random() * 200)
    const worker = fleet.workers[round % 2]
    const victims = [[worker], [await fleet.owner()], [worker, await fleet.owner()]][round % 3] ?? []
    await Promise.all(victims.map(victim => victim && end(victim, 'SIGKILL')))
    await fleet.replace()
    for (const [taskId, by] of await untilCompleted(fleet, ids)) results.set(taskId, by)
  }
  const effects = (await fleet.ledger()).filter(([step]) => step === 'effect').map(([, ...fence]) => fence.join(' '))
  expect(new Set(effects).size, 'an effect came twice under one fence').toBe(effects.length)
  expect(results.size).toBe(ROUNDS * TASKS_PER_ROUND)
  for (const [taskId, by] of results) expect(effects).toContain(`${taskId} ${by}`)
})

test('a worker that was stopped past its lease comes back to a refused completion', { timeout: 60_000 }, async () => {
  await using fleet = await openFleet(2)
  await submit(fleet, 'z', 'zombie')
  const line = async (step: string) => (await fleet.ledger()).find(([found]) => found === step)
  while (!(await line('start'))) await sleep(5)
  const { worker_id } = await fleet.call('task_status', { task_id: 'z' })
  const sleeper = fleet.workers[worker_id === 'w1' ? 0 : 1]
  sleeper?.kill('SIGSTOP')
  const results = await untilCompleted(fleet, ['z'])
  sleeper?.kill('SIGCONT')
  while (!(await line('refused'))) await sleep(5)
  const [, , stale, code] = (await line('refused')) ?? []
  expect(code).toBe('STALE_LEASE')
  expect(await line('accepted')).toBeUndefined()
  expect((results.get('z') ?? '') > (stale ?? ''), 'the heir has the later fence').toBe(true)
  expect(await fleet.call('task_status', { task_id: 'z' })).toMatchObject({ status: 'completed', attempt: 2 })
})

test('10,000 tasks on 8 workers have each effect once', { timeout: 120_000 }, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tasks-'))
  const ledgerPath = join(directory, 'ledger')
  const blocks = createBlocks()
  await blocks.start()
  const parts = { blocks, clock: systemClock, random: systemRandom, log: silentLog }
  const keep = { keepFinished: 100_000, keepFinishedDays: 1 }
  const queue = createQueue({ directory: join(directory, 'queue'), ...parts, ...keep, refuseType: () => undefined })
  await queue.start()
  const principal = { kind: 'local', id: 'local' } as const
  const ledger = openSync(ledgerPath, 'a')
  const handler: TaskHandler = { type: 'noop', run: async ({ task }) => void writeSync(ledger, `${task.taskId}\n`) }
  const workers = Array.from({ length: 8 }, (_, index) =>
    createWorker({
      workerId: `w${index}`,
      principal,
      concurrency: 4,
      source: queue,
      handlers: [handler],
      clock: systemClock,
      log: silentLog
    })
  )
  await Promise.all(workers.map(worker => worker.start()))
  const submitted: string[] = []
  for (let batch = 0; batch < 100; batch++) {
    const tasks = await Promise.all(
      Array.from({ length: 100 }, () => queue.submit({ type: 'noop', payload: {}, submitter: principal }))
    )
    submitted.push(...tasks.map(({ taskId }) => taskId))
  }
  while ((await queue.stats()).counts.completed < submitted.length) await sleep(20)
  await Promise.all(workers.map(worker => worker.stop()))
  closeSync(ledger)
  expect((await queue.stats()).counts).toMatchObject({ queued: 0, running: 0, failed: 0, completed: 10_000 })
  await queue.stop()
  const effects = (await readFile(ledgerPath, 'utf8')).trimEnd().split('\n')
  expect(effects.toSorted()).toEqual(submitted.toSorted())
  await rm(directory, { recursive: true })
})
