/** `tools/call` of a tool that does nothing, over 16 kept connections, beside the SDK's handler in both eras of MCP. */
import { type Bench, rounds } from './bench.ts'
import { callRequest, type Era } from './call-request.ts'
import { startChild } from './child.ts'
import { plainFigure, ratioFigure } from './figures.ts'
import { type HttpSample, openSide } from './http-side.ts'

const ROUNDS = 7
const ROUND_MS = 2_000
const WARM_UP_MS = 2_000
const CONNECTIONS = 16
const ERAS: readonly Era[] = ['2026-07-28', '2025-11-25']

export const http: Bench = async ({ own, say }) => {
  const ours = own.use(await startChild('fixture-server.ts', [JSON.stringify({ tools: 400 })]))
  const sdk = own.use(await startChild('rival-http.ts'))
  const open = async (server: typeof ours, era: Era) => {
    const side = openSide(server, callRequest(era, 'noop', { text: 'hello' }), CONNECTIONS)
    await side.warmUp(WARM_UP_MS)
    return side
  }
  const [oursModern, oursLegacy] = [await open(ours, '2026-07-28'), await open(ours, '2025-11-25')]
  const [sdkModern, sdkLegacy] = [await open(sdk, '2026-07-28'), await open(sdk, '2025-11-25')]
  await rounds(ROUNDS, {
    sdkModern: () => sdkModern.measure(ROUND_MS),
    oursModern: () => oursModern.measure(ROUND_MS),
    sdkLegacy: () => sdkLegacy.measure(ROUND_MS),
    oursLegacy: () => oursLegacy.measure(ROUND_MS)
  })

  const better = sdkModern.samples.map((sample, round) =>
    Math.max(sample.perSecond, sdkLegacy.samples[round]?.perSecond ?? 0)
  )
  say(`SDK p99: ${sdkModern.samples.map(({ p99Ms }) => p99Ms.toFixed(1)).join(', ')} ms`)
  const pairs = (samples: readonly HttpSample[]) =>
    samples.map(({ perSecond }, round) => ({ ours: perSecond, rival: better[round] ?? Number.NaN }))
  return ERAS.flatMap(era => {
    const side = era === '2026-07-28' ? oursModern : oursLegacy
    const rival = era === '2026-07-28' ? sdkModern : sdkLegacy
    const cpu = side.samples.map(({ cpuUsPerCall }, round) => ({
      ours: cpuUsPerCall,
      rival: rival.samples[round]?.cpuUsPerCall ?? Number.NaN
    }))
    return [
      ratioFigure(`calls (${era})`, 'per s', 'better SDK era', pairs(side.samples), { atLeast: 6 }),
      plainFigure(
        `p99 (${era})`,
        'ms',
        side.samples.map(({ p99Ms }) => p99Ms),
        { atMost: 5 }
      ),
      ratioFigure(`processor time per call (${era})`, 'µs', 'SDK', cpu),
      plainFigure(
        `the same, bounded (${era})`,
        'µs',
        cpu.map(pair => pair.ours),
        { atMost: 50 }
      )
    ]
  })
}
