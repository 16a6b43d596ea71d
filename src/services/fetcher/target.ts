/** Decides where a URL may lead, before anything is sent: scheme, credentials, and every address of its host. */

import { AppError } from '../../core/errors.ts'
import { kindOfAddress } from '../address-kind.ts'

/** Every address of a host name, as DNS has them now. */
export type Resolve = (hostname: string) => Promise<string[]>

export interface TargetRules {
  allowHttp: boolean
  allowLoopback: boolean
  resolve: Resolve
}

export interface Target {
  url: URL
  /** The only addresses that a connection may go to; all of them were checked. */
  addresses: string[]
}

export async function checkTarget(text: string, base: URL | undefined, rules: TargetRules): Promise<Target> {
  const url = parseUrl(text, base)
  checkScheme(url, rules.allowHttp)
  if (url.username !== '' || url.password !== '') {
    throw new AppError('URL_FORBIDDEN', 'A URL with a user name or password is not fetched; leave them out')
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = kindOfAddress(host) ? [host] : await addressesOf(host, rules.resolve)
  for (const address of addresses) checkAddress(address, host, rules.allowLoopback)
  return { url, addresses }
}

function parseUrl(text: string, base: URL | undefined): URL {
  const url = URL.parse(text, base?.href)
  if (url) return url
  throw new AppError(
    'INVALID_INPUT',
    `${JSON.stringify(text.slice(0, 200))} is not a URL; one looks like https://host/path`
  )
}

function checkScheme({ protocol }: URL, allowHttp: boolean): void {
  if (protocol === 'https:' || (protocol === 'http:' && allowHttp)) return
  const allowed = allowHttp ? 'https: and http: are' : 'only https: is'
  throw new AppError('URL_FORBIDDEN', `${protocol} URLs are not fetched; ${allowed} allowed`)
}

async function addressesOf(host: string, resolve: Resolve): Promise<string[]> {
  const addresses = await resolve(host).catch(cause => {
    throw new AppError('FETCH_FAILED', `The host name ${host} could not be resolved; check its spelling`, { cause })
  })
  if (addresses.length === 0) throw new AppError('FETCH_FAILED', `The host name ${host} has no address`)
  return addresses
}

function checkAddress(address: string, host: string, allowLoopback: boolean): void {
  const kind = kindOfAddress(address) ?? 'reserved'
  if (kind === 'public' || (kind === 'loopback' && allowLoopback)) return
  throw new AppError('URL_FORBIDDEN', `${host} leads to a ${kind} address; only public hosts are fetched`, {
    details: { host, kind }
  })
}
