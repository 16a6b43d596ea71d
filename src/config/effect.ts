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

const RESTART = new Set<Key>([
  'server.max_concurrent',
  'server.stop_timeout_s',
  'expose',
  'limits.p2p_concurrency',
  'limits.p2p_queue',
  'limits.worker_processes',
  'limits.worker_memory_mb',
  'queue.keep_finished_days',
  'queue.keep_finished',
  'workers.concurrency',
  'workers.cancel_grace_s',
  'duckdb.memory_limit',
  'duckdb.threads'
])

/** All others say who may reach what, so only whoever starts the server decides them. */
export function effectOf(key: Key): SettingEffect {
  if (NOW.has(key)) return 'now'
  return RESTART.has(key) ? 'restart' : 'fixed'
}
