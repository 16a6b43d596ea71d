/**
 * A worker in a process of its own, to be killed and stopped by `workers-crash.test.ts`. Its tasks have one effect: a line in a
 * ledger, a file that outlives it.
 */
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFace } from '../../src/cli/face.ts'
import { shareNode } from '../../src/cli/share.ts'
import { loadConfig } from '../../src/config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog as log } from '../../src/core/log.ts'
import { startNode } from '../../src/node.ts'
import type { TaskHandler } from '../../src/services/workers/api.ts'
import { createCallSource, createWorker } from '../../src/services/workers/index.ts'

const LIMIT_MS = 600_000
const MAX_TASK_MS = 60

const [dataDir = '', ledgerPath = '', workerId = ''] = process.argv.slice(2)
const ledger = openSync(ledgerPath, 'a')
const note = (...words: string[]) => writeSync(ledger, `${words.join(' ')}\n`)

const cwd = process.cwd()
const config = await loadConfig({ flags: { 'data-dir': dataDir }, env: {}, cwd, home: cwd, readFile: async () => '' })
const node = await startNode(config, { log })
const onOwned = (callback: () => void) =>
  node.onOwned(() => {
    note('owned', String(process.pid))
    callback()
  })
shareNode({ ...node, onOwned }, createFace(node, config, log), config, log)
const source = createCallSource(node.invoke, { kind: 'process' })

const once: TaskHandler = {
  type: 'ledger',
  async run({ task: { taskId }, leaseToken, signal }) {
    note('start', taskId, leaseToken)
    await sleep(Math.random() * MAX_TASK_MS)
    signal.throwIfAborted()
    note('effect', taskId, leaseToken)
    return { by: leaseToken }
  }
}

/** Does not listen to its signal, and insists on its completion. */
const zombie: TaskHandler = {
  type: 'zombie',
  async run({ task: { taskId, attempt }, leaseToken }) {
    note('start', taskId, leaseToken)
    await sleep(attempt === 1 ? 500 : 0)
    note('effect', taskId, leaseToken)
    if (attempt > 1) return { by: leaseToken }
    const completion = { taskId, leaseToken, outcome: { status: 'completed', result: { by: leaseToken } } } as const
    await source.complete(completion).then(
      () => note('accepted', taskId, leaseToken),
      error => note('refused', taskId, leaseToken, error.code)
    )
    return undefined
  }
}

const worker = createWorker({
  workerId,
  principal: { kind: 'local', id: 'local' },
  concurrency: 4,
  leaseMs: 1000,
  source,
  handlers: [once, zombie],
  clock: systemClock,
  log
})
// The owner may be killed while it is told of this worker.
for (let tries = 0; tries < 100; tries++) {
  const isStarted = await worker.start().then(
    () => true,
    () => false
  )
  if (isStarted) break
  await sleep(100)
}
note('working', workerId)
// The test ends it; if the test is gone, it ends by itself.
await sleep(LIMIT_MS)
process.exit(1)
