/** The one way out over HTTP. `api.ts` has its guarantees. Proxies of the environment are not used: they would resolve names anew. */
import { lookup } from 'node:dns/promises'
import { type Clock, systemClock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { FetchedBody, Fetcher, FetchOptions } from './api.ts'
import { ACCEPT_ENCODING, decode, limitBytes, tooLarge } from './decode.ts'
import { type Exchange, exchange } from './exchange.ts'
import { createRun, type Run } from './run.ts'
import { checkTarget, type Resolve } from './target.ts'

const DEFAULT_TIMEOUT_MS = 30_000
const DEFAULT_MAX_BYTES = 1024 ** 3
const MAX_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** What a host is told must not be told to the one that it redirects to. */
const PRIVATE_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization'])

export interface FetcherConfig {
  allowHttp?: boolean
  allowLoopback?: boolean
  /** Certificates to trust instead of the system's, in PEM form. */
  ca?: string
  resolve?: Resolve
  clock?: Pick<Clock, 'after'>
}

export function createFetcher(config: FetcherConfig = {}): Fetcher {
  const { allowHttp = false, allowLoopback = false, resolve = resolveBySystem, clock = systemClock, ca } = config
  const rules = { allowHttp, allowLoopback, resolve }
  const runs = new Set<Run>()
  let isRunning = false

  const lifecycle = createLifecycle(
    async () => {
      isRunning = true
    },
    async () => {
      isRunning = false
      await Promise.all([...runs].map(run => run.abort(new AppError('CANCELLED', 'The server is stopping'))))
    }
  )

  const follow = async (address: string, options: FetchOptions, run: Run): Promise<FetchedBody> => {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = DEFAULT_MAX_BYTES } = options
    let headers = requestHeaders(options.headers, options.isPlain ? 'identity' : ACCEPT_ENCODING)
    let from: URL | undefined
    for (let next = address, hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const target = await run.race(checkTarget(next, from, rules))
      if (from && from.origin !== target.url.origin) headers = withoutPrivate(headers)
      const reply = run.own(await exchange(target, { headers, signal: run.signal, timeoutMs, ca }))
      const location = REDIRECTS.has(reply.status) ? reply.header('location') : undefined
      if (location === undefined) return toBody(target.url, reply, maxBytes, run)
      await reply[Symbol.asyncDispose]()
      next = location
      from = target.url
    }
    throw new AppError('FETCH_FAILED', `${hostOf(address)} redirects more than ${MAX_REDIRECTS} times`)
  }

  return {
    ...lifecycle,
    async get(url, options = {}) {
      if (!isRunning) throw new AppError('SERVICE_UNAVAILABLE', 'The fetcher is not running')
      options.signal?.throwIfAborted()
      const run = createRun(clock, options.timeoutMs ?? DEFAULT_TIMEOUT_MS, options.signal, () => runs.delete(run))
      runs.add(run)
      try {
        return await follow(url, options, run)
      } catch (error) {
        const failure = toFailure(error, url, run)
        await run.end()
        throw failure
      }
    }
  }
}

function toBody(url: URL, reply: Exchange, maxBytes: number, run: Run): FetchedBody {
  const { status } = reply
  if (status < 200 || status > 299) {
    throw new AppError('FETCH_FAILED', `${url.host} answered with status ${status}`, { details: { status } })
  }
  const encoding = reply.header('content-encoding') ?? ''
  if (encoding === '' && Number(reply.header('content-length')) > maxBytes) throw tooLarge(maxBytes)
  const chunks = limitBytes(decode(reply.body, encoding), maxBytes)
  return {
    url: url.href,
    contentType: reply.header('content-type'),
    status,
    headers: reply.headers,
    bytes: readToEnd(chunks, url, run),
    [Symbol.asyncDispose]: () => run.end()
  }
}

async function* readToEnd(chunks: AsyncIterable<Uint8Array>, url: URL, run: Run): AsyncGenerator<Uint8Array> {
  try {
    run.signal.throwIfAborted()
    yield* chunks
  } catch (error) {
    throw toFailure(error, url.href, run)
  } finally {
    await run.end()
  }
}

function toFailure(error: unknown, url: string, run: Run): unknown {
  if (run.signal.aborted) return run.signal.reason
  if (error instanceof AppError) return error
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'broken connection'
  return new AppError('FETCH_FAILED', `${hostOf(url)} could not be read: ${code}`, { cause: error })
}

const hostOf = (url: string) => URL.parse(url)?.host ?? 'The host'

function requestHeaders(given: Record<string, string> = {}, acceptEncoding: string): Record<string, string> {
  const lower = Object.entries(given).map(([name, value]) => [name.toLowerCase(), value])
  const fromCaller = Object.fromEntries(lower.filter(([name]) => name !== 'host'))
  return { 'user-agent': 'ipfs-datasets-mcp', accept: '*/*', ...fromCaller, 'accept-encoding': acceptEncoding }
}

function withoutPrivate(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !PRIVATE_HEADERS.has(name)))
}

async function resolveBySystem(hostname: string): Promise<string[]> {
  const records = await lookup(hostname, { all: true })
  return records.map(record => record.address)
}
