/** A node behind streams of peers, an honest peer that uses it, and one that sends whatever a test gives it. */
import { once } from 'node:events'
import type { Connection, Stream, StreamMessageEvent } from '@libp2p/interface'
import { systemClock } from '../../src/core/clock.ts'
import { silentLog } from '../../src/core/log.ts'
import { createFrameSplitter } from '../../src/protocol/wire/frame.ts'
import { callParams } from '../../src/protocol/wire/remote-call.ts'
import type { PeerLimits } from '../../src/services/peers/api.ts'
import { servePeers } from '../../src/transports/p2p/peer-server.ts'
import { joined, startPeer } from '../services/peers/network.ts'
import { type Counterpart, createCounterpart } from '../transports/counterpart.ts'
import { openRaw, type RawPeer, startRawPeer } from './raw-peer.ts'

type Message = Record<string, unknown>

export interface PeerWire extends AsyncDisposable {
  node: Awaited<ReturnType<typeof startPeer>>
  counterpart: Counterpart
  /** Of the peer that sends what it likes. */
  guest: RawPeer
  connection: Connection
  /** A call of the honest peer over its kept stream; answers what came back of the value. */
  honestly(value: unknown): Promise<unknown>
}

const NO_RATE = 1_000_000

export async function openPeerWire(limits: Partial<PeerLimits> = {}): Promise<PeerWire> {
  const counterpart = createCounterpart()
  const { mcp, invoke } = counterpart
  const node = await startPeer({ messagesPerSecond: NO_RATE, ...limits })
  servePeers({ peers: node.peers, mcp, invoke, clock: systemClock, log: silentLog })
  const { maxFrameBytes } = node.peers.status().limits
  const honest = await startPeer({ maxFrameBytes })
  await joined(node.peers, honest.peers)
  const guest = await startRawPeer()
  const { line } = await node.peers.invite({ grant: { tools: [] }, expiresInMs: 60_000 })
  const connection = await guest.join(line)
  return {
    node,
    counterpart,
    guest,
    connection,
    async honestly(value) {
      const params = callParams('echo', { value }, { clientInfo: { name: 'honest', version: '1' } })
      const result = await honest.peers.request({ peerId: node.peerId }, 'tools/call', params)
      return Object(Reflect.get(Object(result), 'structuredContent')).value
    },
    async [Symbol.asyncDispose]() {
      await guest[Symbol.asyncDispose]()
      await honest.peers.stop()
      await node.peers.stop()
    }
  }
}

export interface RawStream {
  stream: Stream
  /** Bytes as they are. */
  write(bytes: Uint8Array): void
  /** The next message that comes; undefined when the stream has ended. */
  next(): Promise<Message | undefined>
  ended: Promise<unknown>
}

export async function openRawStream(connection: Connection): Promise<RawStream> {
  const stream = await openRaw(connection)
  const come: Message[] = []
  let isEnded = false
  let wake = () => {}
  const splitter = createFrameSplitter(body => {
    come.push(JSON.parse(Buffer.from(body).toString()))
    wake()
  })
  stream.addEventListener('message', ({ data }: StreamMessageEvent) => splitter.push(data.subarray()))
  const ended = once(stream, 'close').then(() => {
    isEnded = true
    wake()
  })
  // Who ends its side says nothing more, which is all that is waited for here.
  stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}))
  return {
    stream,
    ended,
    write(bytes) {
      if (stream.writeStatus === 'writable') stream.send(bytes)
    },
    async next() {
      while (come.length === 0 && !isEnded) await new Promise<void>(resolve => (wake = resolve))
      return come.shift()
    }
  }
}
