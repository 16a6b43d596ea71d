import { systemClock } from '../../../src/core/clock.ts'
import { createLog } from '../../../src/core/log.ts'
import { systemRandom } from '../../../src/core/random.ts'
import type { TelemetrySettings } from '../../../src/services/telemetry/api.ts'
import { openTelemetry } from '../../../src/services/telemetry/index.ts'

export const SETTINGS: Omit<TelemetrySettings, 'endpoint'> = {
  headers: {},
  traces: true,
  metrics: true,
  sampler: 'parentbased_always_on',
  ratio: 1,
  intervalMs: 3_600_000,
  batchMs: 5,
  resource: {},
  version: '1.2.3'
}

/** Telemetry as the program has it, but quick, and what it logs. */
export function open(endpoint: string, more: Partial<TelemetrySettings> = {}) {
  const lines: Record<string, unknown>[] = []
  const log = createLog('info', line => lines.push(JSON.parse(line)))
  const telemetry = openTelemetry({ ...SETTINGS, endpoint, ...more }, { clock: systemClock, random: systemRandom, log })
  const { tracer } = telemetry
  if (!tracer) throw new Error('Spans are wanted here')
  return { ...telemetry, tracer, lines }
}
