/** Ways to a peer: connections that there are, addresses of the book, addresses that a caller names. */
import type { Connection } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { PeerTarget } from './api.ts'
import type { Host } from './host.ts'
import type { PeerBook, PeerRecord } from './peer-book.ts'
import { dialError, resolveTarget, withPeer } from './target.ts'

export interface Dialer {
  /** A connection to the peer, which the handshake proves to be the one that was meant. */
  dial(target: PeerTarget, signal?: AbortSignal): Promise<Connection>
  /** The same by these addresses, of which nothing is kept. */
  dialAny(peerId: string, addresses: readonly string[], signal?: AbortSignal): Promise<Connection>
  /** Whether `dialAny` is at this address now. */
  isInvited(address: string): boolean
}

export function createDialer(parts: () => { host: Host; book: PeerBook }, clock: Clock): Dialer {
  const invited = new Set<string>()

  async function dialAny(peerId: string, addresses: readonly string[], signal?: AbortSignal): Promise<Connection> {
    const named = addresses.map(one => withPeer(one, peerId))
    for (const address of named) invited.add(address)
    try {
      return await parts().host.dial(
        named.map(one => multiaddr(one)),
        signal ? { signal } : {}
      )
    } catch (error) {
      signal?.throwIfAborted()
      throw dialError(error, peerId, addresses)
    } finally {
      for (const address of named) invited.delete(address)
    }
  }

  async function dial(target: PeerTarget, signal?: AbortSignal): Promise<Connection> {
    const { host, book } = parts()
    const { peerId, address } = resolveTarget(target)
    const [first] = peerId === undefined ? [] : host.getConnections(peerIdFromString(peerId))
    if (first) return first
    const kept = peerId === undefined ? [] : (book.get(peerId)?.addresses ?? []).map(one => multiaddr(one))
    const addresses = address ? [address] : kept
    if (addresses.length === 0)
      throw new AppError('NOT_FOUND', `No address of peer ${peerId} is known; give its multiaddr`)
    const named = addresses.map(one =>
      peerId === undefined || one.toString().includes('/p2p/') ? one : one.encapsulate(`/p2p/${peerId}`)
    )
    try {
      const connection = await host.dial(named, signal ? { signal } : {})
      const reached = connection.remotePeer.toString()
      book.note(reached, {
        ...outcomeCount(book.get(reached), true),
        lastSeenAt: clock.now(),
        ...(address && { addresses: [withPeer(address.toString(), reached)] })
      })
      return connection
    } catch (error) {
      signal?.throwIfAborted()
      if (peerId !== undefined && book.get(peerId)) book.note(peerId, outcomeCount(book.get(peerId), false))
      throw dialError(error, peerId, named.map(String))
    }
  }

  return { dial, dialAny, isInvited: address => invited.has(address) }
}

export function outcomeCount(record: PeerRecord | undefined, isGood: boolean): { successes: number; failures: number } {
  const { successes = 0, failures = 0 } = record ?? {}
  return isGood ? { successes: successes + 1, failures } : { successes, failures: failures + 1 }
}
