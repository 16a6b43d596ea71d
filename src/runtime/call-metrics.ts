/** What is counted of every call. Handles are bound once per tool and outcome, so that counting costs a map look-up. */
import type { ManifestTool } from '../core/catalog.ts'
import type { ErrorCode } from '../core/errors.ts'
import type { Counter, Histogram, Metrics } from '../core/metrics.ts'
import type { Router } from './router.ts'

const DURATION_BOUNDS_S = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300]

export type ObserveCall = (tool: ManifestTool | undefined, error: ErrorCode | undefined, durationMs: number) => void

export function createCallMetrics(metrics: Metrics, router: Router): ObserveCall {
  const counters = new Map<string, Counter>()
  const durations = new Map<string, Histogram>()

  for (const lane of router.lanes) {
    metrics.gauge('mcp_lane_running', 'Calls running in the lane', () => lane.load().running, { runtime: lane.name })
    metrics.gauge('mcp_lane_queued', 'Calls waiting for the lane', () => lane.load().queued, { runtime: lane.name })
  }

  return (tool, error, durationMs) => {
    // A name that no tool has comes from the caller and must not become a label.
    const name = tool?.name ?? 'unknown'
    const runtime = tool?.runtime ?? 'none'
    const outcome = error ?? 'OK'
    const key = `${name} ${outcome}`
    let counter = counters.get(key)
    if (!counter) {
      counter = metrics.counter('mcp_calls_total', 'Tool calls by outcome', { tool: name, outcome, runtime })
      counters.set(key, counter)
    }
    counter.add()
    let duration = durations.get(runtime)
    if (!duration) {
      duration = metrics.histogram('mcp_call_seconds', 'Duration of tool calls', DURATION_BOUNDS_S, { runtime })
      durations.set(runtime, duration)
    }
    duration.observe(durationMs / 1000)
  }
}
