/** A peer that can say anything: a bare libp2p host, whose streams carry the bytes that a test gives them. */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type TCPSocketOptions, tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { MCP_P2P_PROTOCOL } from '../../src/protocol/wire/frame.ts'
import { parseInvitation } from '../../src/services/peers/invitations.ts'
import { askToJoin, JOIN_PROTOCOL } from '../../src/services/peers/joining.ts'

export interface RawPeer extends AsyncDisposable {
  host: Libp2p
  peerId: string
  dial(address: string): Promise<Connection>
  /** One more connection beside those that it has. */
  dialAnew(address: string): Promise<Connection>
  /** Is trusted by who made the line from then on. */
  join(line: string): Promise<Connection>
}

export interface RawPeerOptions {
  listen?: string[]
  /** Where its connections come from. */
  localAddress?: string
}

export async function startRawPeer({ listen = [], localAddress }: RawPeerOptions = {}): Promise<RawPeer> {
  const dialOpts: TCPSocketOptions & { localAddress?: string } = { ...(localAddress !== undefined && { localAddress }) }
  const host = await createLibp2p({
    privateKey: await generateKeyPair('Ed25519'),
    addresses: { listen },
    transports: [tcp({ dialOpts })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialMultiaddr: () => false },
    services: { identify: identify() }
  })
  const dial = (address: string) => host.dial(multiaddr(address))
  return {
    host,
    peerId: host.peerId.toString(),
    dial,
    dialAnew: address => host.dial(multiaddr(address), { force: true }),
    async join(line) {
      const { peerId, addresses, secret } = parseInvitation(line)
      const [address = ''] = addresses
      const connection = await dial(address.includes('/p2p/') ? address : `${address}/p2p/${peerId}`)
      await askToJoin(await connection.newStream(JOIN_PROTOCOL), secret)
      return connection
    },
    [Symbol.asyncDispose]: async () => await host.stop()
  }
}

/** A stream of the protocol; a test may open more than a peer of ours would. */
export function openRaw(connection: Connection): Promise<Stream> {
  return connection.newStream(MCP_P2P_PROTOCOL, { maxOutboundStreams: 10_000 })
}
