/**
 * A node with eight places for work in a process of its own, to be killed by `peers-crash.test.ts`: it works for itself or for the
 * peer that it is told. Its tasks have one effect: a line in a ledger, a file that outlives it.
 */
import { openSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createFace } from '../../src/cli/face.ts'
import { shareNode } from '../../src/cli/share.ts'
import { loadConfig } from '../../src/config.ts'
import { systemClock } from '../../src/core/clock.ts'
import { createLog } from '../../src/core/log.ts'
import { startNode } from '../../src/node.ts'
import { type TaskHandler, TOOL_CALL } from '../../src/services/workers/api.ts'
import { createCallSource, createPeerWorker, createWorker } from '../../src/services/workers/index.ts'

const LIMIT_MS = 600_000
const PLACES = 8
const MAX_TASK_MS = 200

const [dataDir = '', ledgerPath = '', name = '', owner = '', self = ''] = process.argv.slice(2)
const ledger = openSync(ledgerPath, 'a')
const note = (...words: string[]) => writeSync(ledger, `${words.join(' ')}\n`)
const log = createLog('error', line => writeSync(2, line))

const cwd = process.cwd()
const flags = { 'data-dir': dataDir }
const config = await loadConfig({ flags, env: process.env, cwd, home: cwd, readFile: async () => '' })
const node = await startNode(config, { log })
shareNode(node, createFace(node, config, log), config, log)

const handler: TaskHandler = {
  type: TOOL_CALL,
  async run({ task: { taskId }, leaseToken, signal }) {
    note('start', taskId, leaseToken, name)
    await sleep(Math.random() * MAX_TASK_MS)
    signal.throwIfAborted()
    note('effect', taskId, leaseToken, name)
    return { by: leaseToken }
  }
}

const common = { concurrency: PLACES, clock: systemClock, log }
const worker = owner
  ? createPeerWorker({
      ...common,
      peerId: owner,
      self,
      invoke: node.invoke,
      granted: () => ['chunk_text'],
      cancelGraceMs: 1000,
      stopTimeoutMs: 1000,
      handler
    })
  : createWorker({
      ...common,
      workerId: `own-${process.pid}`,
      principal: { kind: 'local', id: 'local' },
      leaseMs: 3000,
      source: createCallSource(node.invoke, { kind: 'process' }),
      handlers: [handler]
    })
await worker.start()
note('working', name, String(process.pid))
// The test ends it; if the test is gone, it ends by itself.
await sleep(LIMIT_MS)
process.exit(1)
