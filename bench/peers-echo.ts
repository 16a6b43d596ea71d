/** The floor of a call to a peer: the same transport, encryption and multiplexer, and a kept stream that gives back what it gets. */
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import type { Libp2p, Stream, StreamMessageEvent } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

const PROTOCOL = '/bench/echo/1.0.0'
/** As long as the question after the state of a peer. */
const MESSAGE_BYTES = 400

export const bareHost = (listen: string[]): Promise<Libp2p> =>
  createLibp2p({
    addresses: { listen },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // The default refuses loopback.
    connectionGater: { denyDialMultiaddr: () => false }
  })

/** Answers its address. It ends with the process. */
export async function serveEcho(): Promise<string> {
  const host = await bareHost(['/ip4/127.0.0.1/tcp/0'])
  await host.handle(PROTOCOL, stream => {
    stream.addEventListener('message', ({ data }: StreamMessageEvent) => void stream.send(data.subarray().slice()))
  })
  return String(host.getMultiaddrs()[0])
}

export interface Echo extends AsyncDisposable {
  /** Sends a message and waits until it is back; as many at once as there are lanes. */
  (): Promise<void>
}

/** One kept stream a lane, so that answers need no telling apart. */
export async function openEcho(address: string, lanes = 1): Promise<Echo> {
  const host = await bareHost([])
  const connection = await host.dial(multiaddr(address))
  const free = await Promise.all(Array.from({ length: lanes }, async () => lane(await connection.newStream(PROTOCOL))))
  const echo = async () => {
    const send = free.pop()
    if (!send) throw new Error(`More than ${lanes} echoes at once`)
    await send()
    free.push(send)
  }
  return Object.assign(echo, { [Symbol.asyncDispose]: async () => void (await host.stop()) })
}

function lane(stream: Stream): () => Promise<void> {
  const message = Buffer.alloc(MESSAGE_BYTES, 'x')
  let back = 0
  let isBack = () => {}
  stream.addEventListener('message', ({ data }: StreamMessageEvent) => {
    back += data.byteLength
    if (back < MESSAGE_BYTES) return
    back -= MESSAGE_BYTES
    isBack()
  })
  return () =>
    new Promise(resolve => {
      isBack = resolve
      stream.send(message)
    })
}
