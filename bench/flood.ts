/**
 * 10,000 calls in flight at once, in waves: once with the limits that ship, where all but some are told BUSY, and once with limits
 * that let every call in. The sockets are closed after each wave, and the server's memory is read then.
 */
import type { Bench, BenchContext } from './bench.ts'
import { callRequest } from './call-request.ts'
import { type Child, startChild } from './child.ts'
import { type Figure, plainFigure } from './figures.ts'
import { openLoad } from './load.ts'

const CALLS = 10_000
const CALL_MS = 500
const WAVES = 5
const MB = 2 ** 20

export const flood: Bench = async context => {
  const open = { lane: { concurrency: CALLS, queue: 0 }, maxConcurrent: CALLS }
  return [
    ...(await measure(context, 'shipped limits', { tools: 400 }, true)),
    ...(await measure(context, 'limits of 10,000', { tools: 400, ...open }, false))
  ]
}

async function measure(
  { own, say }: BenchContext,
  what: string,
  options: object,
  mayBeBusy: boolean
): Promise<Figure[]> {
  const server = own.use(await startChild('fixture-server.ts', [JSON.stringify(options)]))
  // A call that comes first loads what calls need, which is no part of what the waves leave behind.
  await sendWave(server, 1)
  const start = await server.settledUsage()
  const waves = []
  for (let wave = 1; wave <= WAVES; wave++) {
    const result = await sendWave(server, CALLS)
    const loaded = await server.usage()
    const settled = await server.settledUsage()
    const { BUSY: busy = 0, ...errors } = result.errors
    say(
      `${what}, wave ${wave}: ${result.calls - busy} answered, ${busy} BUSY in ${result.seconds.toFixed(2)} s; ` +
        `resident ${Math.round(loaded.rssBytes / MB)} MB, heap then ${(settled.heapUsedBytes / MB).toFixed(1)} MB`
    )
    const failed = Object.values(errors).reduce((sum, count) => sum + count, mayBeBusy ? 0 : busy)
    if (failed > 0) say(`errors: ${JSON.stringify(result.errors)}`)
    waves.push({ failed, rss: loaded.rssBytes, heap: (settled.heapUsedBytes - start.heapUsedBytes) / MB })
  }
  const [third, last] = [waves[2], waves.at(-1)]
  return [
    plainFigure(`errors of ${CALLS * WAVES} calls (${what})`, '', [sum(waves.map(({ failed }) => failed))], {
      atMost: 0
    }),
    plainFigure(
      `used heap over the start after each wave (${what})`,
      'MB',
      [Math.max(...waves.map(({ heap }) => heap))],
      {
        atMost: 10
      }
    ),
    plainFigure(`resident memory, wave 5 ÷ wave 3 (${what})`, '', [(last?.rss ?? 0) / (third?.rss ?? 0)], {
      atMost: 1.1
    })
  ]
}

async function sendWave(server: Child, calls: number) {
  using load = await openLoad(server.port, callRequest('2026-07-28', 'wait', { ms: CALL_MS }), calls)
  return await load.wave()
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
