/** A peer of whatever program that has the addresses of a node: it sends what it is told to, and shows the messages that come back. */
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createFrameSplitter, encodeFrame, MCP_P2P_PROTOCOL } from '../../src/protocol/wire/frame.ts'
import { createLineSplitter, encodeLine, TASK_QUEUE_PROTOCOL } from '../../src/protocol/wire/line.ts'
import { startHost } from '../../src/services/peers/host.ts'

type Message = Record<string, unknown>

export interface RawStream {
  /** A message; what is no text is made JSON. */
  send(message: unknown): void
  bytes(bytes: Uint8Array): void
  /** The next message that comes; rejects when none can come any more. */
  next(): Promise<Message>
  /** The answer to a request, by its id; `next` does not see it. */
  ask(message: Message): Promise<Message>
  readonly ended: Promise<void>
}

export interface WirePeer extends AsyncDisposable {
  peerId: string
  open(address: string, protocol?: string): Promise<RawStream>
}

export async function startWirePeer(): Promise<WirePeer> {
  const host = await startHost({
    privateKey: await generateKeyPair('Ed25519'),
    listen: ['/ip4/127.0.0.1/tcp/0'],
    announce: [],
    bootstrap: [],
    useMdns: false,
    maxConnections: 300,
    gate: { denyDialMultiaddr: () => false },
    version: '0'
  })
  return {
    peerId: host.peerId.toString(),
    async open(address, protocol = MCP_P2P_PROTOCOL) {
      const connection = await host.dial(multiaddr(address))
      return wrap(await connection.newStream(protocol, { maxOutboundStreams: 1000 }), protocol)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(host.stop())
  }
}

function wrap(stream: Stream, protocol: string): RawStream {
  const isLines = protocol === TASK_QUEUE_PROTOCOL
  const come: Message[] = []
  const waiting: PromiseWithResolvers<Message>[] = []
  const ended = Promise.withResolvers<void>()
  let isOver = false
  const asked = new Map<unknown, PromiseWithResolvers<Message>>()
  const take = (body: Uint8Array) => {
    const message = JSON.parse(Buffer.from(body).toString())
    const isAnswer = message.type === 'response' || !('method' in message)
    const asker = isAnswer ? asked.get(message.id) : undefined
    if (asker) {
      asked.delete(message.id)
      return asker.resolve(message)
    }
    const first = waiting.shift()
    if (first) first.resolve(message)
    else come.push(message)
  }
  const splitter = isLines ? createLineSplitter(take) : createFrameSplitter(take)
  stream.addEventListener('message', ({ data }) => splitter.push(data.subarray()))
  const end = () => {
    isOver = true
    ended.resolve()
    for (const { reject } of [...waiting.splice(0), ...asked.values()]) reject(new Error('The stream has ended'))
  }
  stream.addEventListener('remoteCloseWrite', () => {
    end()
    void stream.close().catch(() => {})
  })
  stream.addEventListener('close', end)

  const next = async (): Promise<Message> => {
    const first = come.shift()
    if (first) return first
    if (isOver) throw new Error('The stream has ended')
    const coming = Promise.withResolvers<Message>()
    waiting.push(coming)
    return await coming.promise
  }
  const send = (message: unknown) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message)
    stream.send(isLines ? encodeLine(text) : encodeFrame(text, 64 * 1024 * 1024))
  }
  return {
    send,
    bytes: bytes => void stream.send(bytes),
    next,
    async ask(message) {
      if (isOver) throw new Error('The stream has ended')
      const answer = Promise.withResolvers<Message>()
      asked.set(message.id, answer)
      send(message)
      return await answer.promise
    },
    ended: ended.promise
  }
}

export const INITIALIZE = { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }

/** The task queue of a node over a stream that has greeted: one operation and its answer. */
export async function taskQueueOf(stream: RawStream): Promise<(op: string, more?: Message) => Promise<Message>> {
  await stream.ask(INITIALIZE)
  let id = 1
  return async (op, more = {}) => {
    const params = { name: 'task_queue.rpc', arguments: { op, ...more } }
    const { result, error } = await stream.ask({ jsonrpc: '2.0', id: ++id, method: 'tools/call', params })
    return Object(Object(result).content ?? error)
  }
}
