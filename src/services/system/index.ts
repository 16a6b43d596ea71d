/** The system service over what the node gives it. */
import { arch, availableParallelism, platform, release, totalmem, uptime } from 'node:os'
import { pid, versions } from 'node:process'
import { AppError, toAppError } from '../../core/errors.ts'
import type { Metrics } from '../../core/metrics.ts'
import type { ServiceView } from '../../core/service-view.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { ServiceName } from '../../core/tool.ts'
import { prometheusText } from '../../protocol/telemetry/prometheus.ts'
import { createAlerts } from './alerts.ts'
import {
  type AlertMetric,
  MAX_SAMPLES,
  type ProcessInfo,
  SAMPLE_INTERVAL_MS,
  type Sample,
  type ServiceState,
  type System
} from './api.ts'
import { createMeasure, type MeasureParts } from './measure.ts'

export interface SystemParts extends MeasureParts {
  metrics: Pick<Metrics, 'points' | 'read'>
  version: string
  thresholds: () => Record<AlertMetric, number>
  services: ServiceControl
}

/** What the node lets this service know of the others, and do with them. */
export interface ServiceControl {
  list(): ServiceView[]
  start(name: ServiceName): Promise<void>
  stop(names: readonly ServiceName[]): Promise<void>
  /** Tools whose open calls use one of these. */
  users(names: readonly ServiceName[]): string[]
  /** Undefined where there is nothing to try. */
  probe(name: ServiceName): Promise<void>
}

/** The others hold what must end by its own rules: tasks, peers, or this. */
const CAN_STOP = new Set<ServiceName>([
  'cache',
  'objects',
  'queries',
  'datasets',
  'fetcher',
  'files',
  'blocks',
  'cluster'
])

export function createSystem(parts: SystemParts): System {
  const { clock, metrics, services, thresholds, version, dataDirectory } = parts
  const startedAt = clock.now()
  const samples: Sample[] = []
  const alerts = createAlerts(thresholds)
  let measure: ReturnType<typeof createMeasure> | undefined
  let cancelTimer = () => {}

  async function watch(): Promise<void> {
    const sample = await measure?.take()
    if (!sample) return
    samples.push(sample)
    if (samples.length > MAX_SAMPLES) samples.shift()
    alerts.look(sample)
    cancelTimer = clock.after(SAMPLE_INTERVAL_MS, () => void watch())
  }

  const lifecycle = createLifecycle(
    async () => {
      measure = createMeasure(parts)
      await watch()
    },
    async () => {
      cancelTimer()
      measure?.stop()
      measure = undefined
    }
  )

  const stateOf = (view: ServiceView): ServiceState => ({
    name: view.name,
    state: wordFor(view),
    reason: view.unavailable ?? view.failure,
    needs: view.needs,
    canStop: CAN_STOP.has(view.name)
  })

  /** The service and all that run on it, however far. */
  function standingOn(name: ServiceName): ServiceName[] {
    const running = services.list().filter(one => one.isRunning)
    const found = new Set([name])
    for (let size = 0; size < found.size; ) {
      size = found.size
      for (const one of running) if (one.needs.some(need => found.has(need))) found.add(one.name)
    }
    return [...found].filter(one => running.some(({ name }) => name === one))
  }

  return {
    ...lifecycle,
    host: () => ({
      platform: platform(),
      release: release(),
      architecture: arch(),
      processors: availableParallelism(),
      memoryBytes: totalmem(),
      uptimeS: Math.round(uptime())
    }),
    process: (): ProcessInfo => ({ pid, version, nodeVersion: versions.node, startedAt, dataDirectory }),
    async sample() {
      const own = measure ?? stopped()
      return await own.take()
    },
    history: sinceMs => samples.filter(({ at }) => at >= sinceMs),
    exposition: async () => prometheusText(await metrics.read()),
    services: () => services.list().map(stateOf),
    serviceNames: () => services.list().map(({ name }) => name),
    async probe(name, signal) {
      const begun = clock.monotonic()
      const outcome = await services.probe(name).then(
        () => undefined,
        error => toAppError(error).message
      )
      signal?.throwIfAborted()
      const tookMs = Math.round((clock.monotonic() - begun) * 100) / 100
      return { name, ok: outcome === undefined, tookMs, error: outcome }
    },
    startService: name => services.start(name),
    async stopService(name, { force = false } = {}) {
      const names = standingOn(name)
      for (const one of [name, ...names])
        if (!CAN_STOP.has(one))
          throw new AppError(
            'UNSUPPORTED',
            `${one} is not stopped while the server runs${one === name ? '' : `, and stands on ${name}`}; restart the server`
          )
      const users = services.users(names)
      if (users.length > 0 && !force)
        throw new AppError('BUSY', `In use by ${[...new Set(users)].join(', ')}; try again, or force it`, {
          details: { tools: users }
        })
      await services.stop(names)
      return names.reverse()
    },
    alerts: alerts.list,
    acknowledge: id => alerts.acknowledge(id, clock.now()),
    thresholds
  }
}

function stopped(): never {
  throw new AppError('SERVICE_UNAVAILABLE', 'The system service has stopped')
}

function wordFor({ isRunning, unavailable, failure }: ServiceView): ServiceState['state'] {
  if (isRunning) return 'running'
  if (unavailable !== undefined) return 'unavailable'
  return failure === undefined ? 'idle' : 'failed'
}
