import { expect, test } from 'vitest'
import { systemRandom } from '../../../src/core/random.ts'
import type { Answer } from '../../../src/services/datasets/api.ts'
import { MAX_HANDLES } from '../../../src/services/queries/api.ts'
import { createQueries } from '../../../src/services/queries/index.ts'
import { createManualClock } from '../../helpers/manual-clock.ts'

const one: Answer = { schema: [], rows: [{ a: 1 }], total: 1, nextCursor: undefined }

/** Queries whose SQL is `wait` end when they are aborted; others answer at once. */
async function open() {
  const queries = createQueries({
    clock: createManualClock(),
    random: systemRandom,
    datasets: {
      ask: (sql, { signal } = {}) =>
        sql === 'wait'
          ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
          : Promise.resolve(one)
    }
  })
  await queries.start()
  return queries
}

test('the oldest handles make room, but never that of a query that runs', async () => {
  const queries = await open()
  const waiting = queries.run({ sql: 'wait', handleId: 'long', pageSize: 1 })
  for (let at = 0; at < MAX_HANDLES + 5; at++) await queries.run({ sql: 'x', handleId: `h${at}`, pageSize: 1 })
  expect(queries.list()).toHaveLength(MAX_HANDLES)
  expect(queries.state('long').status).toBe('running')
  expect(() => queries.state('h0')).toThrow(/no query "h0"/)
  queries.cancel('long', 'enough')
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
  await queries.stop()
})

test('a stop ends what runs, and a caller that goes away leaves a handle that says so', async () => {
  const queries = await open()
  const gone = new AbortController()
  const left = queries.run({ sql: 'wait', handleId: 'left', pageSize: 1 }, { signal: gone.signal })
  gone.abort()
  await expect(left).rejects.toThrow()
  expect(queries.state('left')).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } })
  const running = queries.run({ sql: 'wait', pageSize: 1 })
  await queries.stop()
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED', message: expect.stringContaining('stopping') })
})
