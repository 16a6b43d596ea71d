/** What a gateway is asked for: https://specs.ipfs.tech/http-gateways/trustless-gateway/ and the path gateway beside it. */
import type { IncomingHttpHeaders } from 'node:http'
import { type CID, parseCid } from '../core/cid.ts'
import { AppError } from '../core/errors.ts'

export interface GatewayRequest {
  cid: CID
  path: string[]
  /** `file` is the content itself, which a client believes rather than checks. */
  format: 'raw' | 'car' | 'file'
  scope: 'block' | 'entity' | 'all'
  /** Bytes of the file that a CAR is to prove; bounds below 0 count from the end. */
  from: number
  to: number | undefined
}

const FORMATS = { raw: 'application/vnd.ipld.raw', car: 'application/vnd.ipld.car' }

/** INVALID_INPUT, INVALID_CID and UNSUPPORTED say what is wrong with it. */
export function parseGatewayRequest(url: string, { accept = '' }: IncomingHttpHeaders): GatewayRequest {
  const [pathname = '', query = ''] = url.split(/\?(.*)/s)
  const [, , root = '', ...segments] = pathname.split('/')
  const parameters = new URLSearchParams(query)
  const format = formatOf(parameters.get('format'), accept)
  if (format === 'car') refuseCarOptions(parameters, accept)
  return {
    cid: parseCid(decode(root)),
    path: segments.filter(segment => segment !== '').map(decode),
    format,
    scope: scopeOf(parameters.get('dag-scope'), parameters.has('entity-bytes')),
    ...bytesOf(parameters.get('entity-bytes'))
  }
}

/** The parameter counts more than the header, as in a link that somebody follows. */
function formatOf(parameter: string | null, accept: string): GatewayRequest['format'] {
  if (parameter === 'raw' || parameter === 'car') return parameter
  if (parameter !== null) {
    throw new AppError(
      'UNSUPPORTED',
      `There is no format "${parameter.slice(0, 40)}"; ask for raw, for car or for none`
    )
  }
  const types = accept.split(',').map(type => type.split(';')[0]?.trim())
  if (types.includes(FORMATS.car)) return 'car'
  return types.includes(FORMATS.raw) ? 'raw' : 'file'
}

function refuseCarOptions(parameters: URLSearchParams, accept: string): void {
  const said = (name: string) =>
    parameters.get(`car-${name}`) ?? new RegExp(`;\\s*${name}=([a-z0-9]+)`).exec(accept)?.[1]
  const version = said('version') ?? '1'
  const order = said('order') ?? 'dfs'
  const duplicates = said('dups') ?? 'n'
  if (version === '1' && (order === 'dfs' || order === 'unk') && duplicates === 'n') return
  throw new AppError('UNSUPPORTED', 'A CAR comes here in version 1, depth first, without duplicates')
}

function scopeOf(text: string | null, hasBytes: boolean): GatewayRequest['scope'] {
  const scope = text ?? (hasBytes ? 'entity' : 'all')
  if (scope === 'block' || scope === 'entity' || scope === 'all') return scope
  throw new AppError('INVALID_INPUT', `dag-scope is block, entity or all, not "${scope.slice(0, 40)}"`)
}

function bytesOf(text: string | null): Pick<GatewayRequest, 'from' | 'to'> {
  if (text === null) return { from: 0, to: undefined }
  const [, from, to] = /^(-?\d{1,15}):(-?\d{1,15}|\*)$/.exec(text) ?? []
  if (from === undefined || to === undefined) {
    throw new AppError('INVALID_INPUT', 'entity-bytes is "from:to" with the first and the last byte, or * for the last')
  }
  return { from: Number(from), to: to === '*' ? undefined : Number(to) }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new AppError('INVALID_INPUT', `"${segment.slice(0, 80)}" is not a percent-encoded name`)
  }
}
