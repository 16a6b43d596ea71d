/** Looking for peers: those of the book are asked, those that announce themselves are heard, until there are enough or time is over. */
import type { Clock } from '../../core/clock.ts'
import type { DiscoverOptions, PeerInfo, Peers } from './api.ts'

export interface DiscoverParts {
  list: () => readonly PeerInfo[]
  ping: Peers['ping']
  listen: (onFound: (peerId: string) => void) => () => void
  clock: Clock
}

export async function discover(
  { list, ping, listen, clock }: DiscoverParts,
  { timeoutMs, max, isEnough, signal }: DiscoverOptions
): Promise<PeerInfo[]> {
  const found = new Set<string>()
  const ended = Promise.withResolvers<void>()
  const leaving = new AbortController()
  const matching = () => list().filter(peer => found.has(peer.peerId) && isEnough(peer))
  const note = (peerId: string) => {
    found.add(peerId)
    if (matching().length >= max) ended.resolve()
  }
  const end = () => ended.resolve()
  const cancelTimer = clock.after(timeoutMs, end)
  signal?.addEventListener('abort', end, { once: true })
  const stopListening = listen(note)
  const asked = list().map(async ({ peerId }) => {
    try {
      await ping({ peerId }, { signal: leaving.signal })
      note(peerId)
    } catch {
      // Who does not answer was not found; the dial has counted it.
    }
  })
  try {
    await ended.promise
    signal?.throwIfAborted()
    return matching().slice(0, max)
  } finally {
    stopListening()
    cancelTimer()
    signal?.removeEventListener('abort', end)
    leaving.abort()
    await Promise.all(asked)
  }
}
