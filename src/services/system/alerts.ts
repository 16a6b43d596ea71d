/** Alerts of samples: raised when a figure is beyond its threshold, resolved by the first sample within. */
import { AppError } from '../../core/errors.ts'
import { ALERT_METRICS, type Alert, type AlertMetric, MAX_ALERTS, type Sample } from './api.ts'

/** Fewer calls say nothing of the share that fails. */
const FEWEST_CALLS = 10
const PERCENT = 100

export function createAlerts(thresholds: () => Record<AlertMetric, number>) {
  /** Oldest first. */
  const alerts: Alert[] = []
  let serial = 0
  let before: Sample | undefined

  function figureOf(metric: AlertMetric, sample: Sample): number | null {
    if (metric !== 'error_percent') return sample[metric]
    const calls = (sample.calls ?? 0) - (before?.calls ?? 0)
    const failed = (sample.failed_calls ?? 0) - (before?.failed_calls ?? 0)
    return calls < FEWEST_CALLS ? null : (failed / calls) * PERCENT
  }

  return {
    look(sample: Sample): void {
      const limits = thresholds()
      for (const metric of ALERT_METRICS) {
        const threshold = limits[metric]
        const value = figureOf(metric, sample)
        const open = alerts.findLast(alert => alert.metric === metric && alert.resolvedAt === undefined)
        const isBeyond = threshold > 0 && value !== null && value > threshold
        if (open && !isBeyond) open.resolvedAt = sample.at
        if (open || !isBeyond) continue
        const severity = metric !== 'event_loop_delay_ms' && value > (threshold + PERCENT) / 2 ? 'critical' : 'warning'
        const id = `alert-${++serial}`
        alerts.push({
          id,
          metric,
          severity,
          threshold,
          value,
          raisedAt: sample.at,
          resolvedAt: undefined,
          acknowledgedAt: undefined
        })
        if (alerts.length > MAX_ALERTS) alerts.shift()
      }
      before = sample
    },
    list: (): readonly Alert[] => alerts.toReversed(),
    acknowledge(id: string, at: number): Alert {
      const alert = alerts.find(one => one.id === id)
      if (!alert) throw new AppError('NOT_FOUND', `There is no alert "${id.slice(0, 80)}"`)
      alert.acknowledgedAt ??= at
      return alert
    }
  }
}
