import { expect, test } from 'vitest'
import { outliers, summarize, trendPerHour, windowMs } from '../../../src/domain/series/summary.ts'
import { createAlerts } from '../../../src/services/system/alerts.ts'
import { METRICS, type Sample } from '../../../src/services/system/api.ts'

const thresholds = { host_memory_percent: 90, disk_used_percent: 0, event_loop_delay_ms: 500, error_percent: 50 }

function sample(at: number, figures: Partial<Sample>): Sample {
  const none = Object.fromEntries(METRICS.map(name => [name, null]))
  // Every metric is there, as null where none is given.
  return { ...none, at, ...figures } as Sample
}

test('an alert is raised once, resolved when its figure is back, and raised anew', () => {
  const alerts = createAlerts(() => thresholds)
  for (const [at, percent] of [
    [1, 50],
    [2, 92],
    [3, 99],
    [4, 80],
    [5, 97]
  ] as const)
    alerts.look(sample(at, { host_memory_percent: percent }))
  expect(alerts.list()).toMatchObject([
    { id: 'alert-2', severity: 'critical', value: 97, raisedAt: 5, resolvedAt: undefined },
    { id: 'alert-1', severity: 'warning', value: 92, raisedAt: 2, resolvedAt: 4 }
  ])
  expect(alerts.acknowledge('alert-1', 9).acknowledgedAt).toBe(9)
  expect(alerts.acknowledge('alert-1', 10).acknowledgedAt).toBe(9)
  expect(() => alerts.acknowledge('alert-7', 9)).toThrow(/no alert/)
})

test('a threshold of 0 raises nothing, and nothing is raised by what cannot be measured', () => {
  const alerts = createAlerts(() => thresholds)
  alerts.look(sample(1, { disk_used_percent: 100 }))
  alerts.look(sample(2, { host_memory_percent: null }))
  expect(alerts.list()).toEqual([])
})

test('failing calls count between samples, and few calls say nothing', () => {
  const alerts = createAlerts(() => thresholds)
  alerts.look(sample(1, { calls: 100, failed_calls: 0 }))
  alerts.look(sample(2, { calls: 105, failed_calls: 5 }))
  expect(alerts.list()).toEqual([])
  alerts.look(sample(3, { calls: 125, failed_calls: 20 }))
  expect(alerts.list()).toMatchObject([{ metric: 'error_percent', value: 75 }])
})

test('figures of a series are what they are called', () => {
  const points = [1, 2, 3, 4].map(value => ({ at: value * 1000, value }))
  expect(summarize(points)).toEqual({ count: 4, average: 2.5, minimum: 1, maximum: 4, latest: 4 })
  expect(summarize([])).toMatchObject({ count: 0, average: null })
  expect(trendPerHour(points)).toBeCloseTo(3600)
  expect(trendPerHour(points.slice(0, 1))).toBeNull()
  const flat = Array.from({ length: 50 }, (_, at) => ({ at, value: at === 20 ? 100 : 1 }))
  expect(outliers(flat)).toEqual([{ at: 20, value: 100 }])
  expect([windowMs('90s'), windowMs('2h'), windowMs('1d')]).toEqual([90_000, 7_200_000, 86_400_000])
})
