/** Reads the URI of a resource. It leads to a dataset or to bytes under a CID, and to nothing else. */
import { type CID, parseCid } from '../../core/cid.ts'
import { AppError } from '../../core/errors.ts'
import { datasetIdField } from '../../core/fields.ts'

export interface Range {
  offset: number
  length: number | undefined
}

export type ResourceTarget =
  | { kind: 'dataset'; datasetId: string }
  | { kind: 'ipfs'; cid: CID; path: string[]; range: Range | undefined }

export function parseResourceUri(uri: string): ResourceTarget {
  const [, scheme, rest = ''] = /^(dataset|ipfs):\/\/(.*)$/s.exec(uri) ?? []
  if (scheme === 'dataset') return { kind: 'dataset', datasetId: parseDatasetId(rest) }
  if (scheme === 'ipfs') return parseIpfs(rest)
  throw new AppError('INVALID_INPUT', 'A resource is dataset://<dataset_id> or ipfs://<cid>[/path][?offset=…&length=…]')
}

function parseDatasetId(text: string): string {
  const parsed = datasetIdField().safeParse(text)
  if (parsed.success) return parsed.data
  throw new AppError(
    'INVALID_INPUT',
    'After dataset:// comes the id of a dataset and nothing else; resources/list has them'
  )
}

function parseIpfs(text: string): ResourceTarget {
  const [, address = '', query] = /^([^?#]*)(?:\?([^#]*))?$/s.exec(text) ?? []
  const [head = '', ...path] = address.split('/').map(decode)
  return {
    kind: 'ipfs',
    cid: parseCid(head),
    path: path.filter(segment => segment !== ''),
    range: query === undefined ? undefined : parseRange(new URLSearchParams(query))
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `"${segment.slice(0, 80)}" is not percent-encoded as a URI is`, { cause })
  }
}

function parseRange(query: URLSearchParams): Range {
  const stranger = [...query.keys()].find(name => name !== 'offset' && name !== 'length')
  if (stranger !== undefined) {
    throw new AppError('INVALID_INPUT', `"${stranger.slice(0, 80)}" is no parameter of it; there are offset and length`)
  }
  return { offset: wholeNumber(query, 'offset') ?? 0, length: wholeNumber(query, 'length') }
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new AppError('INVALID_INPUT', `${name} must be a whole number of bytes, 0 or more`)
}
