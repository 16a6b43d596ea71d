import type { Metrics } from '../../src/core/metrics.ts'
import { prometheusText } from '../../src/protocol/telemetry/prometheus.ts'

/** The metrics as `/metrics` shows them. */
export async function metricsText(metrics: Pick<Metrics, 'read'>): Promise<string> {
  return prometheusText(await metrics.read())
}
