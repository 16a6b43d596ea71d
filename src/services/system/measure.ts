/** Figures of the host and the process, as the system tells them. */
import { statfs } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { cpuUsage, memoryUsage } from 'node:process'
import type { Clock } from '../../core/clock.ts'
import { CALL_DURATION, type MetricPoint, type Metrics } from '../../core/metrics.ts'
import type { Cache } from '../cache/api.ts'
import type { Sample } from './api.ts'

const PERCENT = 100

export interface MeasureParts {
  clock: Clock
  metrics: Pick<Metrics, 'points'>
  dataDirectory: string
  /** Undefined while it does not run. */
  cache: () => Cache | undefined
}

/** Each measure takes the processor's time and the delay of the loop since the one before. */
export function createMeasure({ clock, metrics, dataDirectory, cache }: MeasureParts) {
  const delays = monitorEventLoopDelay({ resolution: 20 })
  delays.enable()
  let before = { cpu: cpuUsage(), at: clock.monotonic() }

  return {
    async take(): Promise<Sample> {
      const now = clock.monotonic()
      const { user, system } = cpuUsage(before.cpu)
      const elapsedMs = now - before.at
      before = { cpu: cpuUsage(), at: now }
      const delay = delays.count > 0 ? delays.percentile(99) / 1e6 : null
      delays.reset()
      const disk = await statfs(dataDirectory).catch(() => undefined)
      const { rss, heapUsed } = memoryUsage()
      const calls = metrics.points(CALL_DURATION)
      const failed = calls.filter(({ labels }) => labels['error.type'] !== undefined)
      const kept = cache()
      return {
        at: clock.now(),
        process_cpu_percent: elapsedMs > 0 ? round(((user + system) / 1000 / elapsedMs) * PERCENT) : null,
        process_memory_bytes: rss,
        heap_used_bytes: heapUsed,
        event_loop_delay_ms: delay === null ? null : round(delay),
        host_load: round((loadavg()[0] ?? 0) / availableParallelism()),
        host_memory_percent: round((1 - freemem() / totalmem()) * PERCENT),
        disk_used_percent: disk ? round((1 - disk.bavail / disk.blocks) * PERCENT) : null,
        disk_free_bytes: disk ? disk.bavail * disk.bsize : null,
        calls: countOf(calls),
        failed_calls: countOf(failed),
        cache_entries: kept?.size().entries ?? null,
        cache_bytes: kept?.size().bytes ?? null,
        cache_hits: kept?.counters().hits ?? null,
        cache_misses: kept?.counters().misses ?? null
      }
    },
    stop: () => delays.disable()
  }
}

function countOf(points: readonly MetricPoint[]): number {
  const counts = points.flatMap(point => ('distribution' in point ? point.distribution.counts : []))
  return counts.reduce((sum, count) => sum + count, 0)
}

const round = (value: number): number => Math.round(value * 100) / 100
