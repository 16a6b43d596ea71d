/** Peers over the network. libp2p is imported with this file. */
export { createPeersOver as createPeers } from './peers.ts'
export { createFileStorage, createMemoryStorage } from './storage.ts'
