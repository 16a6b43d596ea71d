/** When a change of a setting by a tool takes effect, and which ones a tool may not change. */
import type { Key } from './settings.ts'

export type SettingEffect = 'now' | 'restart' | 'fixed'

const NOW = new Set<Key>([
  'server.tool_timeout',
  'server.log_level',
  'limits.general_concurrency',
  'limits.general_queue',
  'limits.worker_queue',
  'cache.max_entries',
  'cache.max_bytes',
  'alerts.memory_percent',
  'alerts.disk_percent',
  'alerts.event_loop_ms',
  'alerts.error_percent'
])

/** They say who may reach what, so that only whoever starts the server decides them. */
const FIXED =
  /^(data_dir|roots|fetch\..*|hub\..*|cluster\..*|server\.(transport|host|port|token_file|allowed_hosts|allowed_origins|max_body_bytes)|p2p\..*)$/

export function effectOf(key: Key): SettingEffect {
  if (FIXED.test(key)) return 'fixed'
  return NOW.has(key) ? 'now' : 'restart'
}
