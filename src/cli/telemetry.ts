/** Telemetry as the configuration wants it. Nothing of it is loaded where there is no collector. */

import { readPairs } from '../config/pairs.ts'
import type { Config } from '../config.ts'
import { systemClock } from '../core/clock.ts'
import type { Log } from '../core/log.ts'
import { systemRandom } from '../core/random.ts'
import type { Telemetry } from '../services/telemetry/api.ts'
import { VERSION } from '../version.ts'

export async function telemetryOf({ telemetry, telemetryHeaders }: Config, log: Log): Promise<Telemetry | undefined> {
  const { endpoint, service_name: name } = telemetry
  if (endpoint === undefined || telemetry.disabled) return undefined
  const { openTelemetry } = await import('../services/telemetry/index.ts')
  const settings = {
    endpoint,
    headers: telemetryHeaders,
    traces: telemetry.traces,
    metrics: telemetry.metrics,
    sampler: telemetry.sampler,
    ratio: telemetry.sampler_arg,
    intervalMs: telemetry.interval_s * 1000,
    resource: { ...readPairs(telemetry.resource ?? ''), ...(name !== undefined && { 'service.name': name }) },
    version: VERSION
  }
  return openTelemetry(settings, { clock: systemClock, random: systemRandom, log })
}
