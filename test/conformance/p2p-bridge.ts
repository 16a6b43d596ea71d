/** The conformance suite over `/mcp+p2p/1.0.0`: each wire is a stream of one connection between two peers, over TCP on loopback. */
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { messagesOf } from '../../src/services/peers/frames.ts'
import type { HttpServer } from '../../src/transports/http.ts'
import { servePeers } from '../../src/transports/p2p/peer-server.ts'
import { openRaw, startRawPeer } from '../helpers/raw-peer.ts'
import { LIMITS, startPeer } from '../services/peers/network.ts'
import { createBridge } from './bridge.ts'
import { createConformanceNode } from './fixture-server.ts'

export function createP2pBridge(port: number): HttpServer {
  // The grants of peers are judged elsewhere; this one may use the whole catalogue of the suite.
  const { mcp, invoke } = createConformanceNode({ authorize: () => {} })
  let connected: Promise<Awaited<ReturnType<typeof connect>>> | undefined

  async function connect() {
    const node = await startPeer({ maxStreamsPerPeer: 1000 })
    servePeers({ peers: node.peers, mcp, invoke, clock: systemClock, log: silentLog })
    const guest = await startRawPeer()
    const { line } = await node.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
    return { node, guest, connection: await guest.join(line) }
  }

  const server = createBridge(port, mcp, async onMessage => {
    connected ??= connect()
    const { connection } = await connected
    const wire = messagesOf(await openRaw(connection), {
      maxFrameBytes: LIMITS.maxFrameBytes,
      onMessage: body => onMessage(Buffer.from(body).toString()),
      onClose: () => {},
      onBytes: () => {}
    })
    return { write: text => void wire.send(text), close: async () => wire.close() }
  })
  return {
    ...server,
    get url() {
      return server.url
    },
    async stop() {
      await server.stop()
      const { guest, node } = (await connected) ?? {}
      await guest?.[Symbol.asyncDispose]()
      await node?.peers.stop()
    }
  }
}
