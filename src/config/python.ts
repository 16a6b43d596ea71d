/** What the configuration of the Python server that this one replaces means here. One table each for variables and keys. */
import type { Key } from './settings.ts'

export interface Meaning {
  key: Key
  /** The value here; `undefined` where the old value changes nothing. Without it the value is taken as it is. */
  convert?: (value: unknown, env: Environment) => unknown
  /** Other variables of the same setting must not say otherwise. */
  mustAgree?: true
}

type Environment = Readonly<Record<string, string | undefined>>

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

/** What that server took for yes and no; anything else is left for the setting to refuse. */
const toYesOrNo = (value: unknown) => {
  const text = String(value).trim().toLowerCase()
  if (/^(1|true|yes|y|on)$/.test(text)) return true
  return /^(0|false|no|n|off)$/.test(text) ? false : value
}
const toPeers = (value: unknown) => (/^(0|false|no|off)$/i.test(String(value).trim()) ? [] : value)

const LISTEN_PORT = 9710
/** Host and port were two variables there. */
const toListen = (prefix: string) => (_: unknown, env: Environment) => {
  const host = env[`${prefix}TASK_P2P_LISTEN_HOST`] || '0.0.0.0'
  const port = env[`${prefix}TASK_P2P_LISTEN_PORT`] || env[`${prefix}MCP_P2P_PORT`] || LISTEN_PORT
  return [`/${host.includes(':') ? 'ip6' : 'ip4'}/${host}/tcp/${port}`]
}

/** Peer-to-peer had each of these under two prefixes. */
function peerVariables(prefix: string): Record<string, Meaning> {
  const meanings: Record<string, Meaning> = {
    TASK_P2P_LISTEN_HOST: { key: 'p2p.listen', convert: toListen(prefix) },
    TASK_P2P_LISTEN_PORT: { key: 'p2p.listen', convert: toListen(prefix) },
    MCP_P2P_PORT: { key: 'p2p.listen', convert: toListen(prefix) },
    TASK_P2P_BOOTSTRAP_PEERS: { key: 'p2p.bootstrap', convert: toPeers },
    TASK_P2P_MDNS: { key: 'p2p.mdns', convert: toYesOrNo },
    TASK_P2P_ENABLE_LEGACY_PROTOCOL: { key: 'p2p.line_protocol', convert: toYesOrNo },
    TASK_P2P_MAX_CONNECTIONS: { key: 'p2p.max_connections' },
    MCP_P2P_MAX_FRAME_BYTES: { key: 'p2p.max_frame_bytes' },
    MCP_P2P_RATE_REFILL_PER_SEC: { key: 'p2p.messages_per_second' }
  }
  return Object.fromEntries(
    Object.entries(meanings).map(([name, meaning]) => [prefix + name, { ...meaning, mustAgree: true as const }])
  )
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0

export const PYTHON_VARIABLES: Record<string, Meaning> = {
  MCP_HOST: { key: 'server.host' },
  MCP_PORT: { key: 'server.port' },
  MCP_ALLOWED_HOSTS: { key: 'server.allowed_hosts' },
  MCP_CORS_ORIGINS: { key: 'server.allowed_origins' },
  MCPPP_MAX_BODY_BYTES: { key: 'server.max_body_bytes' },
  MCPPP_EXEC_TIMEOUT_S: { key: 'server.tool_timeout' },
  ENABLE_MCPLUSPLUS: { key: 'p2p.enabled', convert: toYesOrNo },
  MCPPP_P2P_LISTEN_ADDRS: { key: 'p2p.listen', mustAgree: true },
  MCPPP_P2P_ADVERTISE_ADDRS: { key: 'p2p.announce' },
  MCPPP_P2P_BOOTSTRAP_PEERS: { key: 'p2p.bootstrap', convert: toPeers, mustAgree: true },
  MCPPP_P2P_MDNS: { key: 'p2p.mdns', convert: toYesOrNo, mustAgree: true },
  ...peerVariables('IPFS_DATASETS_PY_'),
  ...peerVariables('IPFS_ACCELERATE_PY_'),
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
