/**
 * Who comes in: trusted keys, and strangers only while an invitation is open or where a shared token is configured. Everybody else is
 * refused before a stream exists.
 */
import type { ConnectionGater } from '@libp2p/interface'
import type { TokenBucket } from '../../core/token-bucket.ts'
import type { PeerBook } from './peer-book.ts'
import type { Trust } from './trust.ts'

export interface GateOptions {
  book: Pick<PeerBook, 'all'>
  trust: Pick<Trust, 'isTrusted' | 'takesToken'>
  /** How many unknown addresses are let through to a handshake, all together: trusted ones never draw from it. */
  strangers: TokenBucket
  openInvitations: () => number
  onRefused: () => void
}

export function createGate({ book, trust, strangers, openInvitations, onRefused }: GateOptions): ConnectionGater {
  const refuse = () => {
    onRefused()
    return true
  }
  return {
    /** Before the handshake, which is what costs: addresses of trusted peers pass, the others draw from their bucket. */
    denyInboundConnection(connection) {
      const host = hostOf(connection.remoteAddr.toString())
      const isTrustedHost = book
        .all()
        .some(({ peerId, addresses }) => trust.isTrusted(peerId) && addresses.some(one => hostOf(one) === host))
      return isTrustedHost || strangers.take() ? false : refuse()
    },
    denyInboundEncryptedConnection(peerId) {
      const isWelcome = trust.isTrusted(peerId.toString()) || trust.takesToken || openInvitations() > 0
      return isWelcome ? false : refuse()
    },
    // The default refuses private addresses, where most of our peers are.
    denyDialMultiaddr: () => false
  }
}

/** `/ip4/10.0.0.7` of an address. */
function hostOf(address: string): string {
  return address.split('/').slice(0, 3).join('/')
}
