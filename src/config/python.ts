/** What the configuration of the Python server that this one replaces means here. One table each for variables and keys. */
import type { Key } from './settings.ts'

export interface Meaning {
  key: Key
  /** The value here; `undefined` where the old value changes nothing. Without it the value is taken as it is. */
  convert?: (value: unknown) => unknown
}

const LEVELS: Record<string, string> = {
  warning: 'warn',
  critical: 'error',
  fatal: 'error',
  notset: 'debug',
  trace: 'debug'
}

const toLevel = (value: unknown) => {
  const name = String(value).toLowerCase()
  return LEVELS[name] ?? name
}
const toDebug = (value: unknown) => (/^(true|1|yes|on)$/i.test(String(value)) ? 'debug' : undefined)

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0

export const PYTHON_VARIABLES: Record<string, Meaning> = {
  MCP_HOST: { key: 'server.host' },
  MCP_PORT: { key: 'server.port' },
  MCP_ALLOWED_HOSTS: { key: 'server.allowed_hosts' },
  MCP_CORS_ORIGINS: { key: 'server.allowed_origins' },
  MCPPP_MAX_BODY_BYTES: { key: 'server.max_body_bytes' },
  MCPPP_EXEC_TIMEOUT_S: { key: 'server.tool_timeout' },
  ENABLE_MCPLUSPLUS: { key: 'p2p.enabled' },
  LOG_LEVEL: { key: 'server.log_level', convert: toLevel },
  // After LOG_LEVEL, so that it decides where both are set, as it did there.
  MCP_DEBUG: { key: 'server.log_level', convert: toDebug }
}

export const PYTHON_KEYS: Record<string, Meaning> = {
  'server.log_level': { key: 'server.log_level', convert: toLevel },
  'server.verbose': { key: 'server.log_level', convert: toDebug },
  // The list was stored there and never applied; empty says nothing.
  'tools.enabled_categories': { key: 'expose', convert: value => (isEmpty(value) ? undefined : value) }
}

/** Keys of the old sample file that nothing here corresponds to: told apart from typing errors. */
export const isRetiredKey = (key: string) => /^(server\.reload|tools|tools\..*|ipfs_kit|ipfs_kit\..*)$/.test(key)
