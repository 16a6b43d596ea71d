/** What is measured of this process, by the conventions that OpenTelemetry has for processes and Node. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { MetricName, Metrics } from '../core/metrics.ts'
import type { Terminal } from './terminal.ts'

const CPU: MetricName = { name: 'process.cpu.time', unit: 's', help: 'Processor time by mode' }
const MEMORY: MetricName = { name: 'process.memory.usage', unit: 'By', help: 'Resident memory' }
const HEAP: MetricName = { name: 'v8js.memory.heap.used', unit: 'By', help: 'Memory of JavaScript values' }
const UPTIME: MetricName = { name: 'process.uptime', unit: 's', help: 'Time since the process started' }
const BUSY: MetricName = {
  name: 'nodejs.eventloop.utilization',
  unit: '1',
  help: 'Share of the time in which the event loop ran'
}

const PERCENTILES = [50, 90, 99]
const NS_PER_S = 1e9
const US_PER_S = 1e6

export function observeProcess(metrics: Metrics, usage: Terminal['usage']): void {
  metrics.total(CPU, () => usage().cpu.user / US_PER_S, { 'cpu.mode': 'user' })
  metrics.total(CPU, () => usage().cpu.system / US_PER_S, { 'cpu.mode': 'system' })
  metrics.gauge(MEMORY, () => usage().memory.rss)
  metrics.gauge(HEAP, () => usage().memory.heapUsed)
  metrics.gauge(UPTIME, () => performance.now() / 1000)
  observeEventLoop(metrics)
}

/** Between one reading and the next. It is watched from the first reading on: a process that nobody measures needs no timer for it. */
function observeEventLoop(metrics: Metrics): void {
  let watched: ReturnType<typeof monitorEventLoopDelay> | undefined
  let seconds: ((percentile: number) => number) | undefined
  let last = performance.eventLoopUtilization()
  let utilization = 0

  metrics.beforeRead(() => {
    const now = performance.eventLoopUtilization()
    utilization = performance.eventLoopUtilization(now, last).utilization
    last = now
    if (watched && watched.count > 0) {
      const found = new Map(PERCENTILES.map(one => [one, (watched?.percentile(one) ?? 0) / NS_PER_S]))
      seconds = percentile => found.get(percentile) ?? 0
    }
    watched ??= monitorEventLoopDelay()
    watched.reset()
    watched.enable()
  })
  metrics.gauge(BUSY, () => utilization)
  for (const percentile of PERCENTILES) {
    const name = `nodejs.eventloop.delay.p${percentile}`
    const help = `Delay of the event loop, percentile ${percentile}, since the last reading`
    metrics.gauge({ name, unit: 's', help }, () => seconds?.(percentile))
  }
}
