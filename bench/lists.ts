/** Finding tools among 4,000, called in-process through the whole dispatcher. */
import type { Bench } from './bench.ts'
import { type Figure, plainFigure, quantile } from './figures.ts'
import { createFixtureNode } from './fixture-node.ts'

const TOOLS = 4_000
const ROUNDS = 5
const CALLS = 1_000
/** Until the code of a call is compiled. */
const WARM_UP_CALLS = 500

const REQUESTS: readonly { tool: string; args: Record<string, unknown>; atMostMs: number }[] = [
  { tool: 'tools_list_categories', args: {}, atMostMs: 1 },
  { tool: 'tools_list_tools', args: { category: 'bench_7' }, atMostMs: 1 },
  { tool: 'tools_get_schema', args: { category: 'bench_7', tool: 'bystander_600' }, atMostMs: 1 },
  { tool: 'tools_search', args: { query: 'count rows of a table that fit a condition' }, atMostMs: 5 }
]

export const lists: Bench = async ({ say }) => {
  const { dispatcher, catalog } = createFixtureNode({ tools: TOOLS })

  async function call(tool: string, args: Record<string, unknown>): Promise<number> {
    const startedAt = performance.now()
    const { envelope, failure } = await dispatcher.invoke({ tool, args, evidence: { kind: 'loopback' } })
    // A caller gets text, so making it is part of the answer.
    JSON.stringify(envelope)
    const ms = performance.now() - startedAt
    if (failure) throw failure
    return ms
  }

  const figures: Figure[] = []
  for (const { tool, args, atMostMs } of REQUESTS) {
    if (!catalog.has(tool)) {
      say(`${tool} is not part of this build`)
      continue
    }
    for (let warm = 0; warm < WARM_UP_CALLS; warm++) await call(tool, args)
    const p99s: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const times: number[] = []
      for (let count = 0; count < CALLS; count++) times.push(await call(tool, args))
      p99s.push(quantile(times, 0.99))
    }
    figures.push(plainFigure(`${tool}, p99 of ${CALLS} calls`, 'ms', p99s, { atMost: atMostMs }))
  }
  return figures
}
