/** Peers over the network. libp2p is imported with this file. */
import type { Peers } from './api.ts'
import { startHost } from './host.ts'
import { createPeersOver, type PeersOptions } from './peers.ts'

export { createFileStorage, createMemoryStorage } from './storage.ts'

export function createPeers(options: Omit<PeersOptions, 'startHost'>): Peers {
  return createPeersOver({ ...options, startHost })
}
