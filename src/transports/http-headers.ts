/**
 * The headers that repeat parts of a message, so that a proxy can route without reading it. The message is what counts; a
 * header that says something else is refused, or proxy and server would act on different requests.
 */
import type { IncomingHttpHeaders } from 'node:http'
import {
  BATCH_VERSION,
  claimedVersion,
  isModernVersion,
  LEGACY_VERSIONS,
  MODERN_VERSIONS,
  PROTOCOL_VERSION_KEY
} from './eras.ts'
import { type Fault, INVALID_PARAMS, isObject, REFUSED, type Request } from './json-rpc.ts'
import type { McpServer } from './mcp-server.ts'

export const HEADER_MISMATCH = -32020

/** The parameter that `Mcp-Name` repeats, by method. */
const NAMED_BY: Record<string, string> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId'
}

/** What is wrong with the headers of a request, or undefined. */
export function headerFault(
  { method, params }: Request,
  headers: IncomingHttpHeaders,
  parameterHeaders: McpServer['parameterHeaders']
): Fault | undefined {
  const version = single(headers['mcp-protocol-version'])
  const claim = claimedVersion(params)
  if (claim === undefined) return version === undefined ? undefined : legacyFault(method, version)
  // A claim of another type is refused with the message itself.
  if (typeof claim !== 'string') return undefined

  const methodHeader = single(headers['mcp-method'])
  if (version !== claim) return mismatch('MCP-Protocol-Version', version, claim)
  if (methodHeader !== method) return mismatch('Mcp-Method', methodHeader, method)

  const source = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined
  const name = source === undefined ? undefined : params?.[source]
  if (typeof name !== 'string') return undefined
  const nameHeader = decoded(single(headers['mcp-name']))
  if (nameHeader !== name) return mismatch('Mcp-Name', nameHeader, name)
  if (method !== 'tools/call') return undefined

  for (const { parameter, header } of parameterHeaders(name)) {
    const value = isObject(params?.arguments) ? params.arguments[parameter] : undefined
    const said = decoded(single(headers[header]))
    const isAbsent = value === undefined || value === null
    if (isAbsent ? headers[header] !== undefined : said !== String(value)) {
      return mismatch(header, said, isAbsent ? 'nothing' : String(value))
    }
  }
  return undefined
}

/** Whether clients of this version header, or of none, may send arrays. */
export function mayBatch(headers: IncomingHttpHeaders): boolean {
  const version = single(headers['mcp-protocol-version'])
  // The header came with the version after the one that has arrays.
  return version === undefined || version === BATCH_VERSION
}

function legacyFault(method: string, version: string): Fault | undefined {
  if (LEGACY_VERSIONS.includes(version)) return undefined
  if (isModernVersion(version)) {
    if (method === 'initialize') return mismatch('MCP-Protocol-Version', version, 'a version that has "initialize"')
    const message = `Invalid params: protocol version ${version} needs _meta["${PROTOCOL_VERSION_KEY}"] in each request`
    return { code: INVALID_PARAMS, message, data: { missing: [PROTOCOL_VERSION_KEY] } }
  }
  const supported = [...MODERN_VERSIONS, ...LEGACY_VERSIONS]
  const message = `Protocol version ${version.slice(0, 40)} is not spoken here; use one of ${supported.join(', ')}`
  return { code: REFUSED, message, data: { supported, requested: version } }
}

function mismatch(header: string, found: string | undefined, expected: string): Fault {
  const problem = found === undefined ? 'is missing or unreadable' : `is "${found.slice(0, 80)}"`
  return {
    code: HEADER_MISMATCH,
    message: `The ${header} header ${problem}, but the message says "${expected.slice(0, 80)}"`,
    data: { header, expected }
  }
}

/** A header value; what a header cannot carry as it is comes as `=?base64?…?=`. Undefined if that does not decode. */
function decoded(value: string | undefined): string | undefined {
  const encoded = value === undefined ? undefined : /^=\?base64\?(.*)\?=$/.exec(value)?.[1]
  if (encoded === undefined) return value
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded) return undefined
  return bytes.toString('utf8')
}

/** A header sent twice is never equal to what it should repeat. */
function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value?.trim()
}
