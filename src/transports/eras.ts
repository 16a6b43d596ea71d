/**
 * The two eras of MCP. A request belongs to the stateless era of 2026-07-28 when its `_meta` names a protocol version, and to
 * the era of `initialize` otherwise: the message decides, each time, so that one endpoint serves both.
 */
import { type Fault, INVALID_PARAMS, isObject, type Params } from './json-rpc.ts'

export const MODERN_VERSIONS: readonly string[] = ['2026-07-28']
/** Newest first: the first is offered to a client that asks for one unknown here. */
export const LEGACY_VERSIONS: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05']
/** The only version whose clients may send several messages in one array. */
export const BATCH_VERSION = '2025-03-26'

export const UNSUPPORTED_VERSION = -32022

export const PROTOCOL_VERSION_KEY = 'io.modelcontextprotocol/protocolVersion'
export const SERVER_INFO_KEY = 'io.modelcontextprotocol/serverInfo'
const CLIENT_INFO_KEY = 'io.modelcontextprotocol/clientInfo'
export const SUBSCRIPTION_ID_KEY = 'io.modelcontextprotocol/subscriptionId'
export const CLIENT_CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities'

/** Versions are dates, so text order is time order. */
export function isModernVersion(version: string): boolean {
  return version >= '2026-07-28'
}

/** What `_meta` says of the protocol version: any value, or undefined if it says nothing. */
export function claimedVersion(params: Params | undefined): unknown {
  const meta = params?._meta
  return isObject(meta) ? meta[PROTOCOL_VERSION_KEY] : undefined
}

/** What is wrong with the `_meta` of a request that claims a version. */
export function claimFault(params: Params | undefined): Fault | undefined {
  const meta = isObject(params?._meta) ? params._meta : {}
  const version = meta[PROTOCOL_VERSION_KEY]
  if (typeof version !== 'string') return badMeta(PROTOCOL_VERSION_KEY, 'a protocol version such as "2026-07-28"')
  if (!isObject(meta[CLIENT_CAPABILITIES_KEY])) return badMeta(CLIENT_CAPABILITIES_KEY, 'an object')
  if (meta[CLIENT_INFO_KEY] !== undefined && !isImplementation(meta[CLIENT_INFO_KEY])) {
    return badMeta(CLIENT_INFO_KEY, 'an object with "name" and "version"')
  }
  if (MODERN_VERSIONS.includes(version)) return undefined
  return {
    code: UNSUPPORTED_VERSION,
    message: `Protocol version ${version.slice(0, 40)} is not spoken here; use one of ${MODERN_VERSIONS.join(', ')}`,
    data: { supported: MODERN_VERSIONS, requested: version }
  }
}

/** The version that answers `initialize`: the one asked for if it is spoken, else the newest of its era. */
export function negotiate(requested: unknown): string {
  const [newest = ''] = LEGACY_VERSIONS
  return typeof requested === 'string' && LEGACY_VERSIONS.includes(requested) ? requested : newest
}

/** What is wrong with the parameters of `initialize`. */
export function initializeFault(params: Params | undefined): Fault | undefined {
  if (typeof params?.protocolVersion !== 'string') return badParam('protocolVersion', 'a string')
  if (!isObject(params.capabilities)) return badParam('capabilities', 'an object')
  if (!isImplementation(params.clientInfo)) return badParam('clientInfo', 'an object with "name" and "version"')
  return undefined
}

function isImplementation(value: unknown): boolean {
  return isObject(value) && typeof value.name === 'string' && typeof value.version === 'string'
}

function badParam(name: string, expected: string): Fault {
  return { code: INVALID_PARAMS, message: `Invalid params: "${name}" must be ${expected}` }
}

function badMeta(key: string, expected: string): Fault {
  return { code: INVALID_PARAMS, message: `Invalid params: _meta["${key}"] must be ${expected}`, data: { key } }
}
