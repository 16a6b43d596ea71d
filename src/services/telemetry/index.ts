/** Telemetry by OTLP. It is loaded only where a collector is configured. */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Metrics } from '../../core/metrics.ts'
import type { Random } from '../../core/random.ts'
import { metricsRequest, type Source, tracesRequest } from '../../protocol/telemetry/otlp.ts'
import { FLUSH_LIMIT_MS, type Telemetry, type TelemetrySettings } from './api.ts'
import { createLink } from './link.ts'
import { createPost } from './post.ts'
import { createSampling } from './sampling.ts'
import { createSpanBatches } from './span-batches.ts'
import { createTracer } from './tracer.ts'

const NAME = 'ipfs-datasets-mcp'

export interface TelemetryParts {
  clock: Clock
  random: Random
  log: Log
}

export function openTelemetry(settings: TelemetrySettings, { clock, random, log }: TelemetryParts): Telemetry {
  const startedAt = clock.now()
  const source = sourceOf(settings, random)
  const link = createLink({ endpoint: settings.endpoint, post: createPost(settings.headers), clock, log })
  const spans = createSpanBatches({
    send: batch => link.send('/v1/traces', tracesRequest(source, batch)),
    onDropped: link.drop,
    clock,
    batchMs: settings.batchMs
  })
  const sample = createSampling(settings.sampler, settings.ratio)
  let metrics: Pick<Metrics, 'read'> | undefined
  let cancelTurn = () => {}
  let stopping: Promise<void> | undefined

  async function sendMetrics(): Promise<void> {
    if (!metrics) return
    // Those that were not taken are told by the next turn: they count from the start.
    await link.send('/v1/metrics', metricsRequest(source, await metrics.read(), startedAt, clock.now()))
  }

  function takeTurns(): void {
    cancelTurn = clock.after(settings.intervalMs, () => {
      void sendMetrics().finally(() => {
        if (!stopping) takeTurns()
      })
    })
  }

  async function close(): Promise<void> {
    cancelTurn()
    const forget = clock.after(FLUSH_LIMIT_MS, link.close)
    await Promise.all([spans.flush(), sendMetrics()])
    forget()
    link.close()
  }

  const stop = () => {
    stopping ??= close()
    return stopping
  }
  return {
    tracer: settings.traces ? createTracer({ sample, clock, random, onEnd: spans.add }) : undefined,
    exportMetrics(given) {
      if (!settings.metrics || stopping) return
      metrics = given
      takeTurns()
    },
    stop,
    [Symbol.asyncDispose]: stop
  }
}

function sourceOf({ resource, version }: TelemetrySettings, random: Random): Source {
  return {
    resource: {
      'service.name': NAME,
      'service.version': version,
      // Two processes of one service must not count into the same series.
      'service.instance.id': random.uuid(),
      'telemetry.sdk.name': NAME,
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': version,
      ...resource
    },
    scope: { name: NAME, version }
  }
}
