/** The process of the queue is killed at any moment: what it acknowledged stands, and no fence comes again. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Queue } from '../../src/services/queue/api.ts'
import { end } from '../helpers/processes.ts'
import { allTasks, openQueue, submitter } from './open-queue.ts'

const PROCESS = fileURLToPath(new URL('queue-process.ts', import.meta.url))
const ROUNDS = Number(process.env.ROUNDS ?? 10)
const ROUND_LIMIT_MS = 60_000
const MAX_LIFE_MS = 400

interface Ledger {
  submitted: Set<string>
  completing: Map<string, Set<string>>
  completed: Map<string, string>
  /** In the order of their lines. */
  tokens: string[]
}

test(`${ROUNDS} kills under load lose nothing acknowledged and repeat no fence`, {
  timeout: ROUNDS * ROUND_LIMIT_MS
}, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'queue-crash-'))
  const ledgerPath = join(directory, 'ledger')
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      await liveAndDie(directory, ledgerPath, String(round))
      await using open = await openQueue(join(directory, 'queue'))
      await check(open.queue, readLedger(await readFile(ledgerPath, 'utf8')))
    }
    await using open = await openQueue(join(directory, 'queue'))
    await drain(open.queue)
    const ledger = readLedger(await readFile(ledgerPath, 'utf8'))
    const tasks = await allTasks(open.queue)
    expect([...tasks.values()].filter(({ status }) => status !== 'completed')).toEqual([])
    expect(ledger.submitted.size).toBeGreaterThan(ROUNDS)
  } finally {
    await rm(directory, { recursive: true })
  }
})

/** Starts the process and kills it at a random moment after it has begun to work. */
async function liveAndDie(directory: string, ledgerPath: string, round: string): Promise<void> {
  const child = spawn(process.execPath, [PROCESS, join(directory, 'queue'), ledgerPath, round], {
    stdio: ['ignore', 'inherit', 'inherit']
  })
  try {
    const giveUpAt = performance.now() + ROUND_LIMIT_MS / 2
    while (!(existsSync(ledgerPath) && (await readFile(ledgerPath, 'utf8')).includes(`open ${round}\n`))) {
      if (child.exitCode !== null) throw new Error(`The process ended with ${child.exitCode} before its queue was open`)
      if (performance.now() > giveUpAt) throw new Error('The process did not open its queue in time')
      await sleep(20)
    }
    await sleep(Math.random() * MAX_LIFE_MS)
    expect(child.exitCode).toBe(null)
  } finally {
    await end(child, 'SIGKILL')
  }
}

function readLedger(text: string): Ledger {
  const ledger: Ledger = { submitted: new Set(), completing: new Map(), completed: new Map(), tokens: [] }
  for (const line of text.split('\n')) {
    const [step, taskId = '', token = ''] = line.split(' ')
    if (step === 'submitted') ledger.submitted.add(taskId)
    if (step === 'claimed') ledger.tokens.push(token)
    if (step === 'completing') ledger.completing.set(taskId, (ledger.completing.get(taskId) ?? new Set()).add(token))
    if (step === 'completed') ledger.completed.set(taskId, token)
  }
  return ledger
}

async function check(queue: Queue, ledger: Ledger): Promise<void> {
  const tasks = await allTasks(queue)
  expect(
    [...ledger.submitted].filter(taskId => !tasks.has(taskId)),
    'acknowledged and lost'
  ).toEqual([])
  expect(new Set(ledger.tokens).size, 'a fence came twice').toBe(ledger.tokens.length)
  expect([...ledger.completed.keys()].filter(taskId => tasks.get(taskId)?.status !== 'completed')).toEqual([])
  for (const { taskId, status } of tasks.values()) expect(['queued', 'running', 'completed'], taskId).toContain(status)
  const final = [...tasks.values()].filter(({ status }) => status === 'completed')
  for (const { taskId, result } of await Promise.all(final.map(({ taskId }) => queue.get(taskId)))) {
    const by = String(Object(result).by)
    // An answer that was killed on its way may have been recorded; one that was not asked for may not.
    expect(ledger.completing.get(taskId), taskId).toContain(by)
    expect(ledger.completed.get(taskId) ?? by, taskId).toBe(by)
  }
  const { counts } = await queue.stats()
  expect(counts.completed).toBe(final.length)
  // A lease may end meanwhile.
  expect(counts.queued + counts.running).toBe(tasks.size - final.length)
}

/** Finishes what is left, the leases of the killed included. */
async function drain(queue: Queue): Promise<void> {
  for (;;) {
    const claim = { workerId: 'drain', principal: submitter, max: 100 }
    const leases = await queue.claim(claim, { waitMs: 2000 })
    const outcome = { status: 'completed' } as const
    await Promise.all(
      leases.map(({ task, leaseToken }) => queue.complete({ taskId: task.taskId, leaseToken, outcome }))
    )
    if (leases.length === 0 && (await queue.stats()).running === 0) return
  }
}
