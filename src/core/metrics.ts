/**
 * Counters, gauges and histograms, named as OpenTelemetry names things. Whoever shows them reads them all at once, in the same form for
 * every way out. Only measured values.
 */

/** What is counted, in units of UCUM: `s`, `By`, `1`, or what is counted in braces, `{call}`. */
export interface MetricName {
  name: string
  unit: string
  help: string
}

/** The name that OpenTelemetry has for how long calls take; a failed one has its code as `error.type`. */
export const CALL_DURATION = 'mcp.server.operation.duration'

export interface Counter {
  add(amount?: number): void
}

export interface Histogram {
  observe(value: number): void
}

export interface Metrics {
  /** A counter for one set of labels; bind it once and keep it. */
  counter(metric: MetricName, labels?: Labels): Counter
  /** A histogram for one set of labels; the bounds of the first use of a name hold. */
  histogram(metric: MetricName, bounds: readonly number[], labels?: Labels): Histogram
  /** A value looked at when the metrics are read; absent while there is none. The newest of the same labels holds. */
  gauge(metric: MetricName, look: Look, labels?: Labels): void
  /** The same for what only grows. */
  total(metric: MetricName, look: Look, labels?: Labels): void
  /** Called before each reading, which waits for it: for what takes a question to find out. What it throws is the same as no value. */
  beforeRead(refresh: () => Promise<void> | void): void
  read(): Promise<MetricFamily[]>
  /** Of one metric as it stands, without asking anybody first; none if there is no such. */
  points(name: string): MetricPoint[]
}

export type Labels = Record<string, string>
type Look = () => number | undefined

export interface MetricFamily extends MetricName {
  type: 'counter' | 'gauge' | 'histogram'
  points: MetricPoint[]
}

export type MetricPoint = { labels: Labels; value: number } | { labels: Labels; distribution: Distribution }

export interface Distribution {
  bounds: readonly number[]
  /** One more than there are bounds: the last is of what lies above all of them. */
  counts: readonly number[]
  sum: number
}

interface Series {
  /** What the counting side holds. */
  handle: unknown
  read(): MetricPoint | undefined
}

interface Family extends MetricName {
  type: MetricFamily['type']
  series: Map<string, Series>
}

export function createMetrics(): Metrics {
  const families = new Map<string, Family>()
  const refreshes: (() => Promise<void> | void)[] = []

  function familyOf(metric: MetricName, type: Family['type']): Family['series'] {
    const family = families.get(metric.name) ?? { ...metric, type, series: new Map<string, Series>() }
    families.set(metric.name, family)
    return family.series
  }

  /** Finds or makes the series of these labels; the same name and labels always give the same series. */
  function bound<T>(metric: MetricName, type: Family['type'], labels: Labels, make: () => Series & { handle: T }): T {
    const series = familyOf(metric, type)
    const key = JSON.stringify(labels)
    const found = series.get(key) ?? make()
    series.set(key, found)
    // The name decides the type of its series, and each name is used by one method only.
    return found.handle as T
  }

  function looked(metric: MetricName, type: Family['type'], look: Look, labels: Labels): void {
    const read = () => {
      const value = look()
      return value === undefined ? undefined : { labels, value }
    }
    familyOf(metric, type).set(JSON.stringify(labels), { handle: undefined, read })
  }

  return {
    counter: (metric, labels = {}) => bound<Counter>(metric, 'counter', labels, () => newCounter(labels)),
    histogram: (metric, bounds, labels = {}) =>
      bound<Histogram>(metric, 'histogram', labels, () => newHistogram(bounds, labels)),
    gauge: (metric, look, labels = {}) => looked(metric, 'gauge', look, labels),
    total: (metric, look, labels = {}) => looked(metric, 'counter', look, labels),
    points: name => pointsOf(families.get(name)?.series ?? new Map()),
    beforeRead: refresh => void refreshes.push(refresh),
    async read() {
      await Promise.allSettled(refreshes.map(async refresh => await refresh()))
      return [...families.values()].map(({ series, ...family }) => ({ ...family, points: pointsOf(series) }))
    }
  }
}

function pointsOf(series: Family['series']): MetricPoint[] {
  return [...series.values()].map(one => one.read()).filter(point => point !== undefined)
}

function newCounter(labels: Labels): Series & { handle: Counter } {
  let value = 0
  return {
    handle: {
      add(amount = 1) {
        value += amount
      }
    },
    read: () => ({ labels, value })
  }
}

function newHistogram(bounds: readonly number[], labels: Labels): Series & { handle: Histogram } {
  const counts = new Array<number>(bounds.length + 1).fill(0)
  let sum = 0
  return {
    handle: {
      observe(value) {
        const index = bounds.findIndex(bound => value <= bound)
        const slot = index === -1 ? bounds.length : index
        counts[slot] = (counts[slot] ?? 0) + 1
        sum += value
      }
    },
    read: () => ({ labels, distribution: { bounds, counts: [...counts], sum } })
  }
}
