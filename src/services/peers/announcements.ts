/** Peers that announce themselves on the local network. libp2p tells of each of them once, so they are kept for who asks later. */
import type { PeerId } from '@libp2p/interface'

/** Anybody on the network can announce; those beyond are told of and not kept. */
const MAX_KEPT = 1000

export interface Announcements {
  hear(peerId: PeerId): void
  /** Tells of peers that have announced themselves, and of those that do so from now on. Answers how to end that. */
  listen(onFound: (peerId: string) => void): () => void
}

export function createAnnouncements(): Announcements {
  const kept = new Set<string>()
  const listeners = new Set<(peerId: string) => void>()
  return {
    hear(peerId) {
      const name = peerId.toString()
      if (kept.size < MAX_KEPT) kept.add(name)
      for (const onFound of listeners) onFound(name)
    },
    listen(onFound) {
      listeners.add(onFound)
      for (const name of kept) onFound(name)
      return () => void listeners.delete(onFound)
    }
  }
}
