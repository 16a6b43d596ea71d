/**
 * Who may speak to the HTTP server. A web page that tricks a browser into calling a local server shows itself by a foreign Host
 * (DNS rebinding) or Origin header, so both are always checked; an access token is compared in constant time.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { ErrorCode } from '../core/errors.ts'
import type { Evidence } from '../core/principal.ts'

export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

export interface AccessOptions {
  /** Host names without port, as a Host header has them. */
  allowedHosts: readonly string[]
  /** Host names, or whole origins such as `https://app.example.org`. */
  allowedOrigins: readonly string[]
  token?: string | undefined
}

export interface Refusal {
  status: number
  message: string
  error?: ErrorCode
  headers?: Record<string, string>
}

export interface Access {
  /** The refusal of a request with a foreign Host or Origin. */
  checkSource(headers: IncomingHttpHeaders): Refusal | undefined
  /** Evidence of the caller, or the refusal of one without the token where the server has one. */
  authenticate(headers: IncomingHttpHeaders): Evidence | Refusal
}

/** For a socket that only its owner can open: there is nothing left to check. */
export const ownerAccess: Access = {
  checkSource: () => undefined,
  authenticate: () => ({ kind: 'owner-socket' })
}

export function createAccess({ allowedHosts, allowedOrigins, token }: AccessOptions): Access {
  const hosts = new Set(allowedHosts)
  const origins = new Set(allowedOrigins)
  const expected = token === undefined ? undefined : digest(token)

  function isOriginAllowed(origin: string): boolean {
    if (!URL.canParse(origin)) return false
    if (origins.has(origin)) return true
    const { protocol, hostname } = new URL(origin)
    return (protocol === 'http:' || protocol === 'https:') && origins.has(hostname)
  }

  return {
    checkSource({ host, origin }) {
      if (host === undefined || !hosts.has(hostName(host))) {
        return { status: 403, error: 'FORBIDDEN', message: 'The Host header names no host of this server' }
      }
      if (origin === undefined || isOriginAllowed(origin)) return undefined
      return { status: 403, error: 'FORBIDDEN', message: 'The Origin header names a site that may not use this server' }
    },

    authenticate(headers) {
      const { authorization } = headers
      const isPage = isOwnPage(headers)
      if (expected === undefined) return isPage ? { kind: 'page', hasToken: false } : { kind: 'loopback' }
      const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      if (given === undefined) return unauthorized('An access token is needed: Authorization: Bearer <token>', '')
      if (timingSafeEqual(digest(given), expected)) {
        return isPage ? { kind: 'page', hasToken: true } : { kind: 'bearer', accepted: true }
      }
      return unauthorized('The access token is not the one of this server', ', error="invalid_token"')
    }
  }
}

export function isRefusal(value: Evidence | Refusal): value is Refusal {
  return 'status' in value
}

/**
 * Whether a page of this server asks. A browser says so by headers that no script can set, so a script that got into the page can do no
 * more than the page; other programs may say so and get less for it.
 */
function isOwnPage({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site === 'same-origin' || (origin !== undefined && URL.canParse(origin) && new URL(origin).host === host)
}

/** A Host header without its port. */
function hostName(host: string): string {
  return host.replace(/:\d{1,5}$/, '').toLowerCase()
}

/** Equal lengths for the comparison, whatever was sent. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

function unauthorized(message: string, detail: string): Refusal {
  const headers = { 'www-authenticate': `Bearer realm="ipfs-datasets-mcp"${detail}` }
  return { status: 401, error: 'UNAUTHENTICATED', message, headers }
}
