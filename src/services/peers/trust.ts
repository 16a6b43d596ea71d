/**
 * Who is trusted, with what: who joined by an invitation, who stands in the configured list, and who shows the shared token. A peer id
 * alone gives nothing: it is the one that the handshake proved, or it is not asked for here.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { type Grant, TOKEN_HOLDERS } from './api.ts'
import type { PeerBook } from './peer-book.ts'

export interface Trust {
  grantOf(peerId: string): Grant | undefined
  isTrusted(peerId: string): boolean
  /** Whether somebody unknown may come in to show the token. */
  readonly takesToken: boolean
  /** In constant time. */
  isToken(shown: string): boolean
}

export interface TrustOptions {
  book: Pick<PeerBook, 'get'>
  /** Peers that the configuration trusts. */
  allowed: { peerIds: readonly string[]; grant: Grant }
  token: { secret: string; grant: Grant } | undefined
}

export function createTrust({ book, allowed, token }: TrustOptions): Trust {
  const allowList = new Set(allowed.peerIds)
  const digest = token && digestOf(token.secret)

  function grantOf(peerId: string): Grant | undefined {
    if (peerId === TOKEN_HOLDERS) return token?.grant
    const invited = book.get(peerId)?.grant
    if (!allowList.has(peerId)) return invited
    return { tools: [...new Set([...(invited?.tools ?? []), ...allowed.grant.tools])] }
  }

  return {
    grantOf,
    isTrusted: peerId => allowList.has(peerId) || book.get(peerId)?.grant !== undefined,
    takesToken: token !== undefined,
    isToken: shown => digest !== undefined && timingSafeEqual(digestOf(shown), digest)
  }
}

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer')
