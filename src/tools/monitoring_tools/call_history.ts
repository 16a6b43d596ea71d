import { z } from 'zod'
import { defineTool } from '../../core/tool.ts'
import { DURATION_BOUNDS_MS, MAX_RECENT_CALLS } from '../../services/calls/api.ts'

/** What stands for the name where a call named no tool that there is. */
const NO_TOOL = 'unknown'

export const callHistory = defineTool({
  name: 'call_history',
  title: 'Show what was called and how long it took',
  askedFor: [
    'which tools are slow',
    'how often did calls fail and with which error',
    'what did the server do in the last minutes',
    'latency of the tools',
    'recent calls',
    'what was the server asked to do lately, by whom',
    'which tools take long or are used most',
    'history of requests and their durations'
  ],
  description:
    'Counts of calls, failures and durations for each tool that was called since the server started, and the last calls with their outcome. Never their arguments. Not for work in the queue: use queue_stats.',
  runtime: 'general',
  effect: 'read',
  capability: { ability: 'calls/read', resource: () => 'calls:*' },
  needs: ['calls'],
  input: z.strictObject({
    limit: z.int().min(0).max(MAX_RECENT_CALLS).default(50).describe('Of the last calls, newest first')
  }),
  output: z.object({
    since: z.string().describe('When the server began to count'),
    total_calls: z.int(),
    total_failures: z.int(),
    bounds_ms: z.array(z.number()).describe('Upper bounds of the histograms; their last place is for what took longer'),
    tools: z
      .array(
        z.object({
          tool: z.string().describe(`${NO_TOOL}: names that no tool has`),
          calls: z.int(),
          failures: z.int(),
          mean_ms: z.number(),
          max_ms: z.number(),
          histogram: z.array(z.int())
        })
      )
      .describe('Most called first'),
    recent: z.array(
      z.object({
        tool: z.string(),
        outcome: z.string().describe('OK or the code of the error'),
        duration_ms: z.number(),
        ended_at: z.string(),
        caller: z.string().describe('local, token, peer, page, anonymous, or none for who proved nothing')
      })
    )
  }),
  errors: [],
  limits: { resultBytes: 256 * 1024, isRetrySafe: true },
  examples: [
    {
      title: 'After a first call',
      before: [{ tool: 'list_datasets', args: {} }],
      input: { limit: 1 },
      output: { total_calls: 1, total_failures: 0, recent: [{ tool: 'list_datasets', outcome: 'OK', caller: 'local' }] }
    },
    { title: 'Figures only, before any call', input: { limit: 0 }, output: { total_calls: 0, tools: [], recent: [] } }
  ],
  run({ limit }, { services: { calls } }) {
    const tools = calls.tools().toSorted((a, b) => b.calls - a.calls)
    return {
      since: new Date(calls.since).toISOString(),
      total_calls: tools.reduce((sum, tool) => sum + tool.calls, 0),
      total_failures: tools.reduce((sum, tool) => sum + tool.failures, 0),
      bounds_ms: [...DURATION_BOUNDS_MS],
      tools: tools.map(({ tool = NO_TOOL, totalMs, maxMs, histogram, ...counts }) => ({
        tool,
        calls: counts.calls,
        failures: counts.failures,
        mean_ms: rounded(totalMs / counts.calls),
        max_ms: rounded(maxMs),
        histogram: [...histogram]
      })),
      recent: calls.recent(limit).map(({ tool = NO_TOOL, error = 'OK', caller = 'none', durationMs, endedAt }) => ({
        tool,
        outcome: error,
        duration_ms: rounded(durationMs),
        ended_at: new Date(endedAt).toISOString(),
        caller
      }))
    }
  }
})

/** To microseconds: the clock is no finer. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000
