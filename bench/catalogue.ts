/** What a catalogue of 4,000 tools costs each call: the same tool called in it and in one that has no other. */
import { type Bench, rounds } from './bench.ts'
import { callRequest } from './call-request.ts'
import { startChild } from './child.ts'
import { ratioFigure } from './figures.ts'
import { openSide } from './http-side.ts'

const ROUNDS = 9
const ROUND_MS = 2_000
const WARM_UP_MS = 3_000
const CONNECTIONS = 16

export const catalogue: Bench = async ({ own }) => {
  const open = async (tools: number) => {
    const server = own.use(await startChild('fixture-server.ts', [JSON.stringify({ tools })]))
    const side = openSide(server, callRequest('2026-07-28', 'noop', { text: 'hello' }), CONNECTIONS)
    await side.warmUp(WARM_UP_MS)
    return side
  }
  const one = await open(1)
  const many = await open(4_000)
  await rounds(ROUNDS, { one: () => one.measure(ROUND_MS), many: () => many.measure(ROUND_MS) })

  const pairs = one.samples.map(({ cpuUsPerCall }, round) => ({
    ours: cpuUsPerCall,
    rival: many.samples[round]?.cpuUsPerCall ?? Number.NaN
  }))
  return [ratioFigure('processor time per call with 1 tool', 'µs', 'with 4,000 tools', pairs, { atLeast: 0.95 })]
}
