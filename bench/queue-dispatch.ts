/** Durable submissions of 64 callers through the tool, by the dispatcher of a whole node; beside the queue's own interface. */
import { join } from 'node:path'
import { loadConfig } from '../src/config.ts'
import { silentLog } from '../src/core/log.ts'
import { startNode } from '../src/node.ts'
import { type Bench, rounds } from './bench.ts'
import { type Pair, plainFigure, ratioFigure } from './figures.ts'
import { openQueue, payload, submitFor } from './queue-open.ts'

const ROUNDS = 7
const ROUND_MS = 2000
const CALLERS = 64

export const queueDispatch: Bench = async ({ scratch, own }) => {
  const { queue } = own.use(await openQueue(join(scratch, 'queue')))
  const flags = { 'data-dir': join(scratch, 'node') }
  const config = await loadConfig({ flags, env: {}, cwd: scratch, home: scratch, readFile: async () => '' })
  const node = own.use(await startNode(config, { log: silentLog }))

  async function submit(): Promise<void> {
    const args = { task_type: 'tool.call', payload: { tool: 'list_datasets', args: payload } }
    const { failure } = await node.invoke({ tool: 'task_submit', args, evidence: { kind: 'process' } })
    if (failure) throw new Error(`${failure.code}: ${failure.message}`)
  }

  async function submits(): Promise<number> {
    const startedAt = performance.now()
    let count = 0
    async function call(): Promise<void> {
      for (; performance.now() - startedAt < ROUND_MS; count++) await submit()
    }
    await Promise.all(Array.from({ length: CALLERS }, call))
    return (count * 1000) / (performance.now() - startedAt)
  }

  const pairs: Pair[] = []
  let ours = 0
  const sides = {
    ours: async () => {
      ours = await submits()
    },
    queue: async () => {
      const startedAt = performance.now()
      const count = await submitFor(queue, CALLERS, ROUND_MS)
      pairs.push({ ours, rival: (count * 1000) / (performance.now() - startedAt) })
    }
  }
  await rounds(1, sides)
  pairs.length = 0
  await rounds(ROUNDS, sides)
  const rates = pairs.map(pair => pair.ours)
  return [
    plainFigure('task_submit through the dispatcher, 64 callers', 'per s', rates, { atLeast: 15_000 }),
    ratioFigure('the same', 'per s', 'at the interface of the queue', pairs)
  ]
}
