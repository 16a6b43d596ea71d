/** Counters, gauges and histograms, rendered as Prometheus text (exposition format 0.0.4). Only measured values. */

export interface Counter {
  add(amount?: number): void
}

export interface Histogram {
  observe(value: number): void
}

export interface Metrics {
  /** A counter for one set of labels; bind it once and keep it. */
  counter(name: string, help: string, labels?: Labels): Counter
  /** A histogram for one set of labels; the bounds of the first use of a name hold. */
  histogram(name: string, help: string, bounds: readonly number[], labels?: Labels): Histogram
  /** A value read when the metrics are rendered. */
  gauge(name: string, help: string, read: () => number, labels?: Labels): void
  /** What the counters of a name have counted, by their labels. */
  counted(name: string): { labels: Labels; value: number }[]
  render(): string
}

export type Labels = Record<string, string>

interface Family {
  type: 'counter' | 'gauge' | 'histogram'
  help: string
  /** Label text to the lines of that series. */
  series: Map<string, Made<unknown>>
}

export function createMetrics(): Metrics {
  const families = new Map<string, Family>()

  /** Finds or makes the series of these labels; the same name and labels always give the same series. */
  function series<T>(
    name: string,
    type: Family['type'],
    help: string,
    labels: Labels,
    make: (text: string) => Made<T>
  ): T {
    let family = families.get(name)
    if (!family) {
      family = { type, help, series: new Map() }
      families.set(name, family)
    }
    const text = labelText(labels)
    let found = family.series.get(text)
    if (!found) {
      found = make(text)
      family.series.set(text, found)
    }
    // The name decides the type of its series, and each name is used by one method only.
    return found.handle as T
  }

  return {
    counter: (name, help, labels = {}) =>
      series<Counter>(name, 'counter', help, labels, text => {
        let total = 0
        return {
          handle: {
            add(amount = 1) {
              total += amount
            }
          },
          lines: () => [`${name}${text} ${total}`],
          counted: () => ({ labels, value: total })
        }
      }),

    gauge(name, help, read, labels = {}) {
      series<undefined>(name, 'gauge', help, labels, text => ({
        handle: undefined,
        lines: () => [`${name}${text} ${read()}`]
      }))
    },

    histogram: (name, help, bounds, labels = {}) =>
      series<Histogram>(name, 'histogram', help, labels, () => {
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
          lines() {
            let running = 0
            const buckets = [...bounds.map(String), '+Inf'].map((le, index) => {
              running += counts[index] ?? 0
              return `${name}_bucket${labelText({ ...labels, le })} ${running}`
            })
            return [
              ...buckets,
              `${name}_sum${labelText(labels)} ${sum}`,
              `${name}_count${labelText(labels)} ${running}`
            ]
          }
        }
      }),

    counted: name => [...(families.get(name)?.series.values() ?? [])].flatMap(one => one.counted?.() ?? []),

    render: () =>
      [...families]
        .flatMap(([name, { type, help, series }]) => [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} ${type}`,
          ...[...series.values()].flatMap(one => one.lines())
        ])
        .concat('')
        .join('\n')
  }
}

interface Made<T> {
  handle: T
  lines: () => string[]
  counted?: () => { labels: Labels; value: number }
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escapeLabel)}"`)
  return parts.length > 0 ? `{${parts.join(',')}}` : ''
}

function escapeLabel(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
