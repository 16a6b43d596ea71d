/**
 * The only way out to the network over HTTP.
 *
 * `https:` only, unless `http:` is allowed by configuration. After DNS resolution every address is checked, the connection
 * is pinned to the checked address, and each redirect (at most 5) is checked afresh: loopback, private, link-local,
 * multicast, unspecified, carrier-grade NAT, documentation and IPv4-mapped or -embedded forms of them are URL_FORBIDDEN, as are URLs with
 * credentials. Loopback is allowed by configuration only. Size, time and decompressed size are limited while streaming:
 * TOO_LARGE, DEADLINE_EXCEEDED. A content encoding other than one of gzip, deflate, br and zstd is UNSUPPORTED. What only the first
 * host may know (`authorization`, `cookie`) is not sent on to the host that it redirects to. A status outside 200–299 or a broken connection is FETCH_FAILED with the status in details.
 */
import type { Startable } from '../../core/startable.ts'

declare module '../../core/tool.ts' {
  interface Services {
    fetcher: Fetcher
  }
}

export interface Fetcher extends Startable {
  /** GETs a URL. The body must be read to its end or disposed of. */
  get(url: string, options?: FetchOptions): Promise<FetchedBody>
}

export interface FetchOptions {
  signal?: AbortSignal
  /** Default 30,000: for the whole exchange, body included. */
  timeoutMs?: number
  /** Of the decoded body. Default 1 GiB. */
  maxBytes?: number
  headers?: Record<string, string>
  /** Asks for the body without a content encoding, so that places in it can be asked for. */
  isPlain?: boolean
}

export interface FetchedBody extends AsyncDisposable {
  /** After redirects. */
  readonly url: string
  readonly contentType: string | undefined
  readonly status: number
  /** As they came, names in lower case; of a body that was encoded too, which `bytes` are not. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly bytes: AsyncIterable<Uint8Array>
}
