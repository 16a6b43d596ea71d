/** What spans cost a call in processor time, beside the same call without them: with a collector in a process of its own, with one that is away, and not sampled. */
import { systemClock } from '../src/core/clock.ts'
import { silentLog } from '../src/core/log.ts'
import { systemRandom } from '../src/core/random.ts'
import type { SamplerName } from '../src/core/tracer.ts'
import type { Dispatcher } from '../src/runtime/dispatcher.ts'
import { openTelemetry } from '../src/services/telemetry/index.ts'
import { type Bench, rounds } from './bench.ts'
import { startChild } from './child.ts'
import { ratioFigure } from './figures.ts'
import { createFixtureNode } from './fixture-node.ts'

const ROUNDS = 9
const CALLS = 20_000
const CALLS_PER_TURN = 50
/** Where nobody listens. */
const AWAY = 'http://127.0.0.1:1'

export const telemetry: Bench = async ({ own }) => {
  const { port } = own.use(await startChild('telemetry-collector.ts'))
  const traced = (endpoint: string, sampler: SamplerName) => {
    const settings = { endpoint, sampler, ratio: 1, headers: {}, traces: true, metrics: false, intervalMs: 60_000 }
    const parts = { clock: systemClock, random: systemRandom, log: silentLog }
    const { tracer } = own.use(openTelemetry({ ...settings, resource: {}, version: '1.0.0' }, parts))
    return createFixtureNode({ tools: 1 }, tracer).dispatcher
  }
  const sides = {
    'no telemetry': createFixtureNode({ tools: 1 }).dispatcher,
    'every call sampled': traced(`http://127.0.0.1:${port}`, 'always_on'),
    'every call sampled, collector away': traced(AWAY, 'always_on'),
    'no call sampled': traced(`http://127.0.0.1:${port}`, 'always_off')
  }
  const samples = new Map<string, number[]>()
  const measured = Object.entries(sides).map(([name, dispatcher]) => [
    name,
    async () => void samples.set(name, [...(samples.get(name) ?? []), await microsecondsPerCall(dispatcher)])
  ])
  await rounds(ROUNDS + 1, Object.fromEntries(measured))

  // The first round warms up.
  const [bare = [], ...others] = Object.keys(sides).map(name => samples.get(name)?.slice(1) ?? [])
  const [, ...names] = Object.keys(sides)
  return names.map((name, index) => {
    const pairs = bare.map((rival, round) => ({ ours: others[index]?.[round] ?? Number.NaN, rival }))
    return ratioFigure(`A call, ${name}`, 'µs', 'no telemetry', pairs)
  })
}

/** Of processor time, what is sent meanwhile included: this process shares its machine. */
async function microsecondsPerCall({ invoke }: Dispatcher): Promise<number> {
  const request = { tool: 'noop', args: { text: 'hello' }, evidence: { kind: 'loopback' as const } }
  const before = process.cpuUsage()
  for (let turn = 0; turn < CALLS / CALLS_PER_TURN; turn++) {
    for (let count = 0; count < CALLS_PER_TURN; count++) await invoke(request)
    // A loop that never ends its turn would leave none to whoever sends.
    await new Promise(setImmediate)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS
}
