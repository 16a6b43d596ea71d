/** One HTTP request over a connection of its own, which can only go to the addresses that were checked. */
import { isIPv6, type LookupFunction } from 'node:net'
import type { Readable } from 'node:stream'
import type { Target } from './target.ts'

export interface Exchange extends AsyncDisposable {
  status: number
  header(name: string): string | undefined
  headers: readonly (readonly [name: string, value: string])[]
  body: Readable
}

export interface ExchangeOptions {
  headers: Record<string, string>
  signal: AbortSignal
  timeoutMs: number
  /** Certificates to trust instead of the system's, in PEM form. */
  ca: string | undefined
}

export async function exchange({ url, addresses }: Target, options: ExchangeOptions): Promise<Exchange> {
  const { headers, signal, timeoutMs, ca } = options
  const { Client } = await import('undici')
  signal.throwIfAborted()
  const client = new Client(url.origin, {
    connect: { lookup: pinTo(addresses), autoSelectFamily: true, timeout: timeoutMs, ...(ca && { ca }) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    allowH2: false
  })
  try {
    const response = await client.request({ method: 'GET', path: url.pathname + url.search, headers, signal })
    // Disposing of a body that nobody reads makes it fail, and a failure without a listener ends the process.
    response.body.on('error', () => {})
    return {
      status: response.statusCode,
      header: name => [response.headers[name] ?? []].flat().join(', ') || undefined,
      headers: Object.entries(response.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map(one => [name, one] as const)
      ),
      body: response.body,
      [Symbol.asyncDispose]: () => client.destroy()
    }
  } catch (error) {
    await client.destroy()
    throw error
  }
}

/** Answers every look-up with the checked addresses, whatever DNS would say now. */
function pinTo(addresses: string[]): LookupFunction {
  const records = addresses.map(address => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_hostname, options, callback) => {
    if (options.all) callback(null, records)
    else callback(null, records[0]?.address ?? '', records[0]?.family)
  }
}
