/** Durable submissions of 64 callers at the queue's interface, beside the same rows in a bare loop: 64 per commit, one sync each. */
import { join } from 'node:path'
import { openQueueFile } from '../src/services/queue/sqlite-file.ts'
import { insertRow, selectRow } from '../src/services/queue/sqlite-rows.ts'
import { type Bench, rounds } from './bench.ts'
import { type Pair, plainFigure, ratioFigure } from './figures.ts'
import { openQueue, submitFor, submitOne } from './queue-open.ts'

const ROUNDS = 7
const ROUND_MS = 2000
const CALLERS = 64

export const queueSubmit: Bench = async ({ scratch, own }) => {
  const sample = await sampleRow(join(scratch, 'sample'))
  const { queue } = own.use(await openQueue(join(scratch, 'queue')))
  const database = openQueueFile(join(scratch, 'bare', 'queue.db'))
  own.defer(() => database.close())
  const insert = insertRow(database)
  let seq = 0

  function bareFor(ms: number): number {
    const endAt = performance.now() + ms
    const from = seq
    while (performance.now() < endAt) {
      database.exec('BEGIN IMMEDIATE')
      for (let row = 0; row < CALLERS; row++) {
        insert({ ...sample, seq: ++seq, taskId: `task-${String(seq).padStart(12, '0')}` })
      }
      database.exec('COMMIT')
    }
    return seq - from
  }

  const pairs: Pair[] = []
  let ours = 0
  const measure = {
    ours: async () => {
      ours = await rateOf(() => submitFor(queue, CALLERS, ROUND_MS))
    },
    bare: async () => {
      pairs.push({ ours, rival: await rateOf(async () => bareFor(ROUND_MS)) })
    }
  }
  await rounds(1, measure)
  pairs.length = 0
  await rounds(ROUNDS, measure)
  const rates = pairs.map(pair => pair.ours)
  return [
    plainFigure('durable submits, 64 callers', 'per s', rates, { atLeast: 50_000 }),
    ratioFigure('the same', 'per s', 'bare 64-row commits', pairs, { atLeast: 0.35 })
  ]
}

async function rateOf(work: () => Promise<number>): Promise<number> {
  const startedAt = performance.now()
  const count = await work()
  return (count * 1000) / (performance.now() - startedAt)
}

/** What the queue itself writes for one task. */
async function sampleRow(directory: string) {
  const open = await openQueue(directory)
  await submitOne(open.queue)
  await open[Symbol.asyncDispose]()
  const database = openQueueFile(join(directory, 'queue.db'))
  try {
    const row = selectRow(database, 'WHERE seq = ?')(1)
    if (!row) throw new Error('The queue wrote no row')
    return row
  } finally {
    database.close()
  }
}
