/** The status of the server in one form. */
import { z } from 'zod'
import type { System } from '../../services/system/api.ts'

export const statusShape = {
  version: z.string(),
  node_version: z.string(),
  pid: z.int(),
  started_at: z.string(),
  uptime_s: z.int().describe('Since the server began to watch itself'),
  data_directory: z.string(),
  services_running: z.int(),
  services_failed: z.int(),
  open_alerts: z.int()
}
const statusSchema = z.object(statusShape)

export function statusOf(system: System, now: number): z.output<typeof statusSchema> {
  const { version, nodeVersion, pid, startedAt, dataDirectory } = system.process()
  const states = system.services()
  return {
    version,
    node_version: nodeVersion,
    pid,
    started_at: new Date(startedAt).toISOString(),
    uptime_s: Math.round((now - startedAt) / 1000),
    data_directory: dataDirectory,
    services_running: states.filter(({ state }) => state === 'running').length,
    services_failed: states.filter(({ state }) => state === 'failed').length,
    open_alerts: system.alerts().filter(({ resolvedAt }) => resolvedAt === undefined).length
  }
}
