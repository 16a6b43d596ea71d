/** The libp2p node: transports, encryption, and the gate in front of them. */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { type Identify, identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p, PeerInfo, PrivateKey } from '@libp2p/interface'
import { type Ping, ping } from '@libp2p/ping'
import { createLibp2p } from 'libp2p'
import { AppError } from '../../core/errors.ts'
import { gatherWrites } from './gather-writes.ts'
import { noiseCrypto } from './noise-crypto.ts'

export interface HostOptions {
  privateKey: PrivateKey
  listen: readonly string[]
  /** Addresses to tell others instead of those listened on. */
  announce: readonly string[]
  bootstrap: readonly string[]
  useMdns: boolean
  maxConnections: number
  gate: ConnectionGater
  version: string
}

/** What is used of a libp2p node. */
export type Host = Pick<
  Libp2p<{ identify: Identify; ping: Ping }>,
  | 'peerId'
  | 'peerStore'
  | 'services'
  | 'getMultiaddrs'
  | 'getConnections'
  | 'dial'
  | 'hangUp'
  | 'handle'
  | 'addEventListener'
  | 'removeEventListener'
  | 'stop'
>
/** Answers a host that has started. */
export type StartHost = (options: HostOptions) => Promise<Host>
/** As discovery tells of it. */
export type HostPeer = PeerInfo

const DIAL_TIMEOUT_MS = 10_000
const HANDSHAKE_TIMEOUT_MS = 5_000

export const startHost: StartHost = async options => {
  const host = await createLibp2p({
    start: false,
    privateKey: options.privateKey,
    nodeInfo: { name: 'ipfs-datasets-mcp', version: options.version },
    addresses: { listen: [...options.listen], announce: [...options.announce] },
    transports: await networkTransports(),
    connectionEncrypters: [gatherWrites(noise({ crypto: noiseCrypto }))],
    streamMuxers: [yamux()],
    connectionGater: options.gate,
    connectionManager: {
      maxConnections: options.maxConnections,
      // The gate counts handshakes and strangers: a limit here would let strangers lock out who comes after them, or shares an address.
      maxIncomingPendingConnections: Number.POSITIVE_INFINITY,
      inboundConnectionThreshold: Number.POSITIVE_INFINITY,
      inboundUpgradeTimeout: HANDSHAKE_TIMEOUT_MS,
      dialTimeout: DIAL_TIMEOUT_MS
    },
    peerDiscovery: [...(await bootstrapOf(options)), ...(await mdnsOf(options))],
    services: { identify: identify(), ping: ping() }
  })
  try {
    await host.start()
    return host
  } catch (cause) {
    await host.stop()
    const where = options.listen.join(', ')
    throw new AppError(
      'SERVICE_UNAVAILABLE',
      `Peer-to-peer cannot listen at ${where}; is another server there? Set p2p.listen to other addresses`,
      { cause }
    )
  }
}

async function networkTransports() {
  const [{ tcp }, { webSockets }] = await Promise.all([import('@libp2p/tcp'), import('@libp2p/websockets')])
  return [tcp(), webSockets()]
}

async function bootstrapOf({ bootstrap }: HostOptions) {
  if (bootstrap.length === 0) return []
  return [(await import('@libp2p/bootstrap')).bootstrap({ list: [...bootstrap] })]
}

async function mdnsOf({ useMdns }: HostOptions) {
  return useMdns ? [(await import('@libp2p/mdns')).mdns()] : []
}
