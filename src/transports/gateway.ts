/**
 * A read-only gateway to what is here: blocks and CARs that a client verifies, and files as they are for those who trust this server.
 * It fetches nothing from elsewhere. What a CID names never changes, so every answer may be kept for ever.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { CID } from '../core/cid.ts'
import { AppError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Blocks, Found } from '../services/blocks/api.ts'
import { type GatewayRequest, parseGatewayRequest } from './gateway-request.ts'
import { type ByteRange, rangeOf } from './http-range.ts'
import { mediaTypeOf } from './media-type.ts'

export type GatewayContent = Pick<Blocks, 'get' | 'cat' | 'find' | 'ls' | 'exportCarPart'>

const STATUS: Partial<Record<string, number>> = {
  INVALID_INPUT: 400,
  INVALID_CID: 400,
  NOT_FOUND: 404,
  UNSUPPORTED: 406,
  SERVICE_UNAVAILABLE: 503
}
const FOR_EVER = 'public, max-age=29030400, immutable'

/** What is sent: its bytes come from `body`, which begins to read only then. */
interface Answer {
  status: number
  headers: Record<string, string | number>
  body?: (() => AsyncIterable<Uint8Array>) | undefined
}

export type AnswerFromGateway = (request: IncomingMessage, response: ServerResponse) => Promise<void>

export function createGateway(open: () => Promise<GatewayContent>, log: Log): AnswerFromGateway {
  return async (request, response) => {
    const left = new AbortController()
    response.once('close', () => left.abort(new AppError('CANCELLED', 'The client has gone')))
    try {
      const wanted = parseGatewayRequest(request.url ?? '', request.headers)
      const { status, headers, body } = await answer(await open(), wanted, request, left.signal)
      response.writeHead(status, {
        'x-ipfs-path': pathHeader(wanted),
        'x-content-type-options': 'nosniff',
        // A page among the files must not act as a page of this server.
        'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        ...headers
      })
      if (!body || request.method === 'HEAD') response.end()
      else await pipeline(Readable.from(body()), response)
    } catch (error) {
      if (response.headersSent || response.destroyed) {
        // Cut short, so that nobody takes a part for the whole.
        response.destroy()
        if (!left.signal.aborted) log.warn('an answer of the gateway was cut short', { error })
        return
      }
      refuse(response, error, log)
    }
  }
}

function refuse(response: ServerResponse, error: unknown, log: Log): void {
  const isKnown = error instanceof AppError
  const code = isKnown ? error.code : 'INTERNAL'
  const status = STATUS[code] ?? 500
  if (status === 500) log.error('the gateway failed', { error })
  const message = isKnown && status !== 500 ? error.message : 'Reading failed; the log of the server says why'
  const text = JSON.stringify({ error: code, message })
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

async function answer(
  content: GatewayContent,
  wanted: GatewayRequest,
  request: IncomingMessage,
  signal: AbortSignal
): Promise<Answer> {
  const found = await content.find(wanted.cid, wanted.path, { signal })
  const { cid } = found
  const etag = etagOf(cid, wanted)
  if (isKnown(request.headers['if-none-match'], etag)) {
    return { status: 304, headers: { etag, 'cache-control': FOR_EVER } }
  }
  const kept = { etag, 'cache-control': FOR_EVER }
  switch (wanted.format) {
    case 'car':
      return car(content, wanted, cid, kept, signal)
    case 'raw':
      return raw(await content.get(cid, { signal }), cid, kept, request)
    case 'file':
      return file(content, wanted, found, kept, request, signal)
  }
}

function car(
  content: GatewayContent,
  wanted: GatewayRequest,
  cid: CID,
  kept: Answer['headers'],
  signal: AbortSignal
): Answer {
  return {
    status: 200,
    headers: {
      ...kept,
      'content-type': 'application/vnd.ipld.car; version=1; order=dfs; dups=n',
      'content-disposition': `attachment; filename="${cid}.car"`
    },
    body: () => content.exportCarPart(wanted.cid, wanted.path, { ...wanted, signal })
  }
}

function raw(bytes: Uint8Array, cid: CID, kept: Answer['headers'], request: IncomingMessage): Answer {
  const headers = {
    ...kept,
    'content-type': 'application/vnd.ipld.raw',
    'content-disposition': `attachment; filename="${cid}.bin"`
  }
  return ranged(request, headers, bytes.byteLength, ({ offset, length }) =>
    Readable.from([bytes.subarray(offset, offset + length)])
  )
}

function file(
  content: GatewayContent,
  wanted: GatewayRequest,
  { cid, type, sizeBytes }: Found,
  kept: Answer['headers'],
  request: IncomingMessage,
  signal: AbortSignal
): Answer {
  if (type === 'dag') throw new AppError('UNSUPPORTED', `${cid} is a value, not a file; ask for format=raw or car`)
  if (sizeBytes === undefined) return listing(content, cid, kept, signal)
  const name = wanted.path.at(-1) ?? ''
  const mediaType = mediaTypeOf(name)
  const headers = {
    ...kept,
    'content-type': mediaType,
    ...(mediaType === 'application/octet-stream' && {
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name || `${cid}.bin`)}`
    })
  }
  return ranged(request, headers, sizeBytes, range => content.cat(cid, [], { ...range, signal }))
}

/** A directory as JSON: one object for each entry. */
function listing(content: GatewayContent, cid: CID, kept: Answer['headers'], signal: AbortSignal): Answer {
  async function* entries() {
    let separator = '['
    for await (const { name, cid: child, type, sizeBytes } of content.ls(cid, [], { signal })) {
      yield Buffer.from(`${separator}${JSON.stringify({ name, cid: child.toString(), type, size_bytes: sizeBytes })}`)
      separator = ',\n'
    }
    yield Buffer.from(separator === '[' ? '[]\n' : ']\n')
  }
  return { status: 200, headers: { ...kept, 'content-type': 'application/json' }, body: entries }
}

function ranged(
  { headers: { range, 'if-range': ifRange } }: IncomingMessage,
  headers: Answer['headers'],
  size: number,
  read: (range: ByteRange) => AsyncIterable<Uint8Array>
): Answer {
  const isCurrent = ifRange === undefined || ifRange === headers.etag
  const part = rangeOf(isCurrent ? range : undefined, size)
  const all = { ...headers, 'accept-ranges': 'bytes' }
  if (part === 'unsatisfiable') return { status: 416, headers: { ...all, 'content-range': `bytes */${size}` } }
  if (!part) {
    return { status: 200, headers: { ...all, 'content-length': size }, body: () => read({ offset: 0, length: size }) }
  }
  const { offset, length } = part
  return {
    status: 206,
    headers: { ...all, 'content-length': length, 'content-range': `bytes ${offset}-${offset + length - 1}/${size}` },
    body: () => read(part)
  }
}

/** One for each representation; a CAR is only as good as another with the same blocks, so its tag is weak. */
function etagOf(cid: CID, { format, scope, from, to }: GatewayRequest): string {
  if (format === 'car') return `W/"${cid}.car.${scope}.${from}.${to ?? ''}"`
  return format === 'raw' ? `"${cid}.raw"` : `"${cid}"`
}

function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  const bare = (tag: string) => tag.trim().replace(/^W\//, '')
  return header.split(',').some(tag => tag.trim() === '*' || bare(tag) === bare(etag))
}

const pathHeader = ({ cid, path }: GatewayRequest) =>
  `/ipfs/${[cid, ...path].map(part => encodeURIComponent(String(part))).join('/')}`
