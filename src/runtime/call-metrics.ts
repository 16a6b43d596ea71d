/** What is counted of every call. Handles are bound once per tool and outcome, so that counting costs a map look-up. */
import type { ManifestTool } from '../core/catalog.ts'
import type { ErrorCode } from '../core/errors.ts'
import { CALL_DURATION, type Histogram, type MetricName, type Metrics } from '../core/metrics.ts'
import type { Router } from './router.ts'

const DURATION: MetricName = {
  name: CALL_DURATION,
  unit: 's',
  help: 'Duration of calls, from taking one to its answer'
}
const DURATION_BOUNDS_S = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300]
const RUNNING: MetricName = { name: 'ipfs_datasets.lane.running', unit: '{call}', help: 'Calls running in the lane' }
const WAITING: MetricName = { name: 'ipfs_datasets.lane.waiting', unit: '{call}', help: 'Calls waiting for the lane' }
const REFUSED: MetricName = {
  name: 'ipfs_datasets.lane.refused',
  unit: '{call}',
  help: 'Calls refused because too many waited for the lane'
}

export type ObserveCall = (tool: ManifestTool | undefined, error: ErrorCode | undefined, durationMs: number) => void

export function createCallMetrics(metrics: Metrics, router: Router): ObserveCall {
  const durations = new Map<string, Histogram>()

  for (const lane of router.lanes) {
    const labels = { runtime: lane.name }
    metrics.gauge(RUNNING, () => lane.load().running, labels)
    metrics.gauge(WAITING, () => lane.load().queued, labels)
    metrics.total(REFUSED, () => lane.load().refused, labels)
  }

  return (tool, error, durationMs) => {
    // A name that no tool has comes from the caller and must not become a label.
    const name = tool?.name ?? 'unknown'
    const key = error === undefined ? name : `${name} ${error}`
    let duration = durations.get(key)
    if (!duration) {
      duration = metrics.histogram(DURATION, DURATION_BOUNDS_S, {
        'gen_ai.tool.name': name,
        runtime: tool?.runtime ?? 'none',
        ...(error !== undefined && { 'error.type': error })
      })
      durations.set(key, duration)
    }
    duration.observe(durationMs / 1000)
  }
}
