/**
 * Commands to a Kubo daemon over its RPC: https://docs.ipfs.tech/reference/kubo/rpc/. All of them are told to stay off the network.
 *
 * A daemon that cannot be reached, breaks off, stays silent or is something else is SERVICE_UNAVAILABLE with the cure; what Kubo
 * itself says went wrong is STORAGE_FAILED, or STORAGE_FULL, with its words in the details under `kubo`. An aborted signal ends
 * a command with the signal's reason. Redirects are not followed.
 */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { type CID, parseCid } from '../../../core/cid.ts'
import { AppError } from '../../../core/errors.ts'

export interface KuboSettings {
  /** Where the daemon listens, without a slash at the end: `http://127.0.0.1:5001`. */
  url: string
  /** As Kubo writes it under `API.Authorizations`: `bearer:<token>` or `basic:<user>:<password>`. A bare word is a token. */
  secret?: string | undefined
  /** How long the daemon may stay silent. Default 30,000; commands that walk whole DAGs may take an hour. */
  silenceMs?: number | undefined
}

export interface CommandOptions {
  signal?: AbortSignal | undefined
  /** Whether the daemon has to walk a whole DAG before it answers. */
  isLong?: boolean
  /** The parts of a file that is sent along. */
  file?: Uint8Array[] | AsyncIterable<Uint8Array>
}

type Arguments = Record<string, string | boolean>

export interface KuboRpc {
  /** At most `maxBytes`, or else TOO_LARGE. */
  bytes(command: string, args: Arguments, maxBytes: number, options?: CommandOptions): Promise<Uint8Array>
  /** The one value of the answer. */
  value(command: string, args: Arguments, options?: CommandOptions): Promise<Record<string, unknown>>
  /** The values of an answer that comes line by line. */
  values(command: string, args: Arguments, options?: CommandOptions): AsyncGenerator<Record<string, unknown>>
  /** Commands under way end with CANCELLED. */
  close(): Promise<void>
}

const SILENCE_MS = 30_000
const LONG_SILENCE_MS = 3_600_000
const CONNECT_MS = 5_000
const CONNECTIONS = 16
const MAX_VALUE_BYTES = 1024 * 1024

/** @throws SERVICE_UNAVAILABLE unless a Kubo answers there. */
export async function connectKubo(settings: KuboSettings, signal?: AbortSignal): Promise<KuboRpc> {
  const { url, secret, silenceMs = SILENCE_MS } = settings
  const { Pool } = await import('undici')
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: CONNECTIONS, connect: { timeout: CONNECT_MS }, allowH2: false })
  const stopping = new AbortController()
  const authorization = secret === undefined ? {} : { authorization: toHeader(secret) }

  const ask = async (command: string, args: Arguments, { signal, isLong, file }: CommandOptions) => {
    const either = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal
    either.throwIfAborted()
    const query = new URLSearchParams({ offline: 'true' })
    for (const [name, value] of Object.entries(args)) query.set(name, String(value))
    const form = file && multipart(file)
    const reply = await pool.request({
      method: 'POST',
      path: `${pathname.replace(/\/$/, '')}/api/v0/${command}?${query}`,
      headers: { ...authorization, 'user-agent': 'ipfs-datasets-mcp', ...form?.headers },
      body: form?.body ?? null,
      headersTimeout: isLong ? LONG_SILENCE_MS : silenceMs,
      bodyTimeout: isLong ? LONG_SILENCE_MS : silenceMs,
      signal: either
    })
    // A body that nobody reads to its end fails, and a failure without a listener ends the process.
    reply.body.on('error', () => {})
    return reply
  }

  /** Yields the parts of the answer; has them translated where they break off. */
  async function* parts(command: string, args: Arguments, options: CommandOptions): AsyncGenerator<Uint8Array> {
    try {
      const reply = await ask(command, args, options)
      if (reply.statusCode !== 200) throw refusal(reply.statusCode, await textOf(reply.body), command, url)
      yield* reply.body
      const late = Object(reply.trailers)['x-stream-error']
      if (late !== undefined) throw failure(command, String(late))
    } catch (error) {
      options.signal?.throwIfAborted()
      stopping.signal.throwIfAborted()
      throw error instanceof AppError ? error : unreachable(url, error)
    }
  }

  const bytes: KuboRpc['bytes'] = async (command, args, maxBytes, options = {}) => {
    const read: Uint8Array[] = []
    let length = 0
    for await (const part of parts(command, args, options)) {
      length += part.byteLength
      if (length > maxBytes) throw new AppError('TOO_LARGE', `Kubo sent more than ${maxBytes} bytes for ${command}`)
      read.push(part)
    }
    return read.length === 1 && read[0] ? read[0] : Buffer.concat(read)
  }

  const rpc: KuboRpc = {
    bytes,
    async value(command, args, options) {
      return parse(Buffer.from(await bytes(command, args, MAX_VALUE_BYTES, options)).toString(), url)
    },
    async *values(command, args, options = {}) {
      let rest = ''
      const decoder = new TextDecoder()
      for await (const part of parts(command, args, options)) {
        const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        if (rest.length > MAX_VALUE_BYTES) throw notKubo(url)
        for (const line of lines) if (line.trim() !== '') yield parse(line, url)
      }
      if (rest.trim() !== '') yield parse(rest, url)
    },
    async close() {
      stopping.abort(new AppError('CANCELLED', 'The blocks service is stopping; call again once it has started'))
      await pool.destroy()
    }
  }

  try {
    const { Version: version } = await rpc.value('version', {}, { signal })
    if (typeof version !== 'string') throw notKubo(url)
    return rpc
  } catch (error) {
    await rpc.close()
    throw error
  }
}

/** One file of a form, between boundaries that nobody could have put into it. */
function multipart(file: Uint8Array[] | AsyncIterable<Uint8Array>) {
  const boundary = randomUUID()
  const part = 'content-disposition: form-data; name="file"; filename="file"\r\ncontent-type: application/octet-stream'
  async function* content() {
    yield Buffer.from(`--${boundary}\r\n${part}\r\n\r\n`)
    yield* file
    yield Buffer.from(`\r\n--${boundary}--\r\n`)
  }
  return { headers: { 'content-type': `multipart/form-data; boundary=${boundary}` }, body: Readable.from(content()) }
}

function toHeader(secret: string): string {
  const [, kind, rest = secret] = /^(basic|bearer):(.*)$/.exec(secret) ?? []
  return kind === 'basic' ? `Basic ${Buffer.from(rest).toString('base64')}` : `Bearer ${rest}`
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  let text = ''
  for await (const part of body) {
    text += String(part)
    if (text.length > MAX_VALUE_BYTES) break
  }
  return text
}

function parse(text: string, url: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    throw notKubo(url)
  }
}

function refusal(status: number, text: string, command: string, url: string): AppError {
  if (status === 401 || status === 403) {
    return new AppError(
      'SERVICE_UNAVAILABLE',
      `Kubo at ${url} does not let this server in (status ${status}); put what its API.Authorizations has into the file of ipfs.kubo_secret_file`
    )
  }
  if (status !== 500) return notKubo(url)
  const { Message: message } = parse(text, url)
  return failure(command, typeof message === 'string' ? message : text)
}

function failure(command: string, message: string): AppError {
  const short = message.slice(0, 500)
  const details = { details: { kubo: short } }
  if (/no space left|disk quota|full/i.test(message)) {
    return new AppError(
      'STORAGE_FULL',
      `The disk of Kubo is full: ${short}; free some space there and call again`,
      details
    )
  }
  return new AppError('STORAGE_FAILED', `Kubo could not do ${command}: ${short}`, details)
}

/** A CID that Kubo names. */
export function namedCid(value: unknown): CID {
  try {
    return parseCid(String(value))
  } catch (cause) {
    throw new AppError('STORAGE_FAILED', 'Kubo named something that is not a CID', { cause })
  }
}

/** Whether Kubo said that it has no such block, or that the hash of its CID is of a kind that it never stores. */
export function isNotFound(error: unknown): boolean {
  const words = error instanceof AppError ? String(error.details?.kubo ?? '') : ''
  return /not found|could not find|insecure hash|hashes must be at (least|most)/i.test(words)
}

export function isNotPinned(error: unknown): boolean {
  return (
    error instanceof AppError &&
    /is not (directly |recursively |indirectly )?pinned/.test(String(error.details?.kubo ?? ''))
  )
}

function unreachable(url: string, cause: unknown): AppError {
  const reason =
    typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'broken connection'
  return new AppError(
    'SERVICE_UNAVAILABLE',
    `Kubo at ${url} cannot be reached (${reason}); start it with "ipfs daemon", or take ipfs.kubo_rpc out of the configuration`,
    { cause }
  )
}

const notKubo = (url: string) =>
  new AppError(
    'SERVICE_UNAVAILABLE',
    `What answers at ${url} is not the RPC of Kubo; ipfs.kubo_rpc is its Addresses.API as a URL`
  )
