/**
 * Who comes in: trusted keys, and strangers only while an invitation is open or where a shared token is configured. Everybody else is
 * refused before a stream exists.
 * And where this node goes: to no address where no peer can be.
 */
import type { ConnectionGater, MultiaddrConnection } from '@libp2p/interface'
import type { TokenBucket } from '../../core/token-bucket.ts'
import { type AddressKind, kindOfAddress } from '../address-kind.ts'
import type { PeerBook } from './peer-book.ts'
import type { Trust } from './trust.ts'

/** Handshakes under way at once; one more displaces the oldest, since an honest one is done long before so many have come after it. */
const MAX_HANDSHAKES = 64
/** Hosts that trusted peers came from which are remembered. */
const MAX_HOSTS = 1024

export interface GateOptions {
  book: Pick<PeerBook, 'all'>
  trust: Pick<Trust, 'isTrusted' | 'takesToken'>
  /** How many unknown addresses are let through to a handshake, all together: trusted ones never draw from it. */
  strangers: TokenBucket
  openInvitations: () => number
  onRefused: () => void
  /** Whether an address of this machine itself is that of a peer; otherwise a call could reach what else listens here. */
  dialsLoopback: (address: string) => boolean
  /** The addresses of a host name. */
  lookUp: (host: string) => Promise<string[]>
}

export interface Gate extends ConnectionGater {
  /** A trusted peer came from there: behind a router it does not come from where it listens. */
  remember(address: string): void
}

export function createGate({
  book,
  trust,
  strangers,
  openInvitations,
  onRefused,
  dialsLoopback,
  lookUp
}: GateOptions): Gate {
  const handshakes = new Set<MultiaddrConnection>()
  const seenHosts = new Set<string>()

  function refuse(): true {
    onRefused()
    return true
  }

  function isTrustedHost(host: string): boolean {
    if (seenHosts.has(host)) return true
    return book
      .all()
      .some(({ peerId, addresses }) => trust.isTrusted(peerId) && addresses.some(one => hostOf(one) === host))
  }

  function begin(connection: MultiaddrConnection): void {
    handshakes.add(connection)
    connection.addEventListener('close', () => handshakes.delete(connection))
    const [oldest] = handshakes
    if (handshakes.size <= MAX_HANDSHAKES || !oldest) return
    handshakes.delete(oldest)
    oldest.abort(new Error('Newer handshakes came before this one was done'))
    onRefused()
  }

  return {
    /** Before the handshake, which is what costs: addresses of trusted peers pass, the others draw from their bucket. */
    denyInboundConnection(connection) {
      if (!isTrustedHost(hostOf(connection.remoteAddr.toString())) && !strangers.take()) return refuse()
      begin(connection)
      return false
    },
    denyInboundEncryptedConnection(peerId, connection) {
      handshakes.delete(connection)
      if (!trust.isTrusted(peerId.toString())) return trust.takesToken || openInvitations() > 0 ? false : refuse()
      return false
    },
    remember(address) {
      const host = hostOf(address)
      const [first] = seenHosts
      if (seenHosts.size >= MAX_HOSTS && !seenHosts.has(host) && first !== undefined) seenHosts.delete(first)
      seenHosts.add(host)
    },
    async denyDialMultiaddr(address) {
      const text = address.toString()
      for (const kind of await kindsAt(text)) {
        if (NOWHERE.has(kind) || (kind === 'loopback' && !dialsLoopback(text))) return true
      }
      return false
    }
  }

  /** Of every address that a name may lead to; none if there is no such name. */
  async function kindsAt(address: string): Promise<AddressKind[]> {
    const [, protocol = '', host = ''] = address.split('/')
    const hosts = protocol.startsWith('ip') ? [host] : await lookUp(host).catch(() => [])
    return hosts.flatMap(one => kindOfAddress(one) ?? [])
  }
}

/** Where no peer is, only services of this machine or link that somebody would have us call. */
const NOWHERE: ReadonlySet<AddressKind> = new Set(['unspecified', 'link-local', 'multicast', 'reserved'])

/** `/ip4/10.0.0.7` of an address. */
function hostOf(address: string): string {
  return address.split('/').slice(0, 3).join('/')
}
