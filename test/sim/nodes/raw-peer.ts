/** A peer that writes its frames itself, with a key of its own: it joins as anybody does and then says what it likes. */
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Stream } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { HEADER_BYTES, MCP_P2P_PROTOCOL } from '../../../src/protocol/wire/frame.ts'
import { messagesOf } from '../../../src/services/peers/frames.ts'
import { parseInvitation } from '../../../src/services/peers/invitations.ts'
import { askToJoin, JOIN_PROTOCOL } from '../../../src/services/peers/joining.ts'
import { memoryHosts } from '../net/memory-host.ts'
import type { MemoryNetwork } from '../net/memory-network.ts'
import { createHost } from '../world/host.ts'
import type { World } from '../world/world.ts'

const MAX_FRAME_BYTES = 16 * 1024 * 1024
const PATIENCE_MS = 20_000

export type Message = Record<string, unknown>

export interface RawStream {
  /** One message, framed. */
  send(message: Message): void
  /** Bytes as they are. */
  write(bytes: Uint8Array): void
  /** Sends it and answers the message with its id; undefined if none comes. */
  ask(message: Message & { id: string | number }): Promise<Message | undefined>
  readonly isOpen: boolean
  close(): void
}

export interface RawPeer {
  readonly peerId: string
  join(line: string): Promise<void>
  /** A new stream, on a connection of its own if asked for. Rejects if the other side does not take it. */
  open(options?: { isNewConnection?: boolean }): Promise<RawStream>
}

export async function createRawPeer(world: World, network: MemoryNetwork, name: string): Promise<RawPeer> {
  const own = createHost(world, { name, wall: { offsetMs: 0 } })
  const privateKey = await generateKeyPairFromSeed('Ed25519', own.random.bytes(32))
  const host = await memoryHosts(
    network,
    name,
    own
  )({
    privateKey,
    listen: [],
    announce: [],
    bootstrap: [],
    useMdns: false,
    maxConnections: 10,
    gate: { denyInboundConnection: () => true },
    version: '0.0.0'
  })
  const hub = [multiaddr('/memory/hub')]

  return {
    peerId: peerIdFromPrivateKey(privateKey).toString(),
    async join(line) {
      const connection = await host.dial(hub)
      await askToJoin(await connection.newStream(JOIN_PROTOCOL), parseInvitation(line).secret)
    },
    async open({ isNewConnection = false } = {}) {
      for (const old of isNewConnection ? host.getConnections() : []) void old.close()
      const connection = host.getConnections()[0] ?? (await host.dial(hub))
      return rawStream(world, await connection.newStream(MCP_P2P_PROTOCOL))
    }
  }
}

function rawStream(world: World, stream: Stream): RawStream {
  const waiting = new Map<unknown, (message: Message | undefined) => void>()
  let isOpen = true
  const messages = messagesOf(stream, {
    maxFrameBytes: MAX_FRAME_BYTES,
    onMessage(body) {
      // Written by `peer-server.ts`.
      const message = JSON.parse(Buffer.from(body).toString()) as Message
      waiting.get(message.id)?.(message)
    },
    onClose() {
      isOpen = false
      for (const settle of [...waiting.values()]) settle(undefined)
    },
    onBytes: () => {}
  })
  return {
    send: message => void messages.send(JSON.stringify(message)),
    write: bytes => void stream.send(bytes),
    ask: message =>
      new Promise(resolve => {
        const settle = (answer: Message | undefined) => {
          callOff()
          waiting.delete(message.id)
          resolve(answer)
        }
        const callOff = world.after(PATIENCE_MS, () => settle(undefined))
        waiting.set(message.id, settle)
        if (!messages.send(JSON.stringify(message))) settle(undefined)
      }),
    get isOpen() {
      return isOpen
    },
    close: messages.close
  }
}

/** A header that promises so many bytes, and what follows it. */
export function frameOf(length: number, body: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(HEADER_BYTES + body.length)
  frame.writeUInt32BE(length)
  frame.set(body, HEADER_BYTES)
  return frame
}
