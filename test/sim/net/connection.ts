/** Connections in memory: two ends with lines between them, and streams on top. */
import type { Connection, PeerId, Stream } from '@libp2p/interface'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Dice } from '../world/dice.ts'
import { createFrameFaults, type FaultShares } from './frame-faults.ts'
import type { Line } from './line.ts'
import { createStreamSide, type Packet, type StreamSide } from './stream.ts'

/** The process at an end. Its host of libp2p's kind answers streams. */
export interface EndProcess {
  readonly isAlive: boolean
  /** Runs what comes from outside: never when the process has ended. */
  enter(callback: () => void): void
  /** Before everything that others can see; false when it does not happen. */
  reach(): boolean
}

export interface EndOptions {
  process: EndProcess
  remotePeer: PeerId
  /** Name of the machine at the other end. */
  remoteMachine: string
  direction: 'inbound' | 'outbound'
  /** To the other end. */
  line: Line
  other: () => End | undefined
  /** Whether some process runs at the other machine. */
  isRemoteUp: () => boolean
  dice: Dice
  shares: () => FaultShares
  now: () => number
  /** Told of what arrives at the other end. */
  note: (what: string) => void
  /** Takes a stream that the other side opened; false if nobody speaks its protocol. */
  onStream: (protocol: string, stream: Stream, connection: Connection) => boolean
  onGone: () => void
}

export interface End {
  readonly connection: Connection
  readonly isGone: boolean
  readonly isAlive: boolean
  receive(message: Message): void
  /** It is gone on this side, and the other is told if that is possible. */
  close(error?: Error): void
  /** It is gone on this side, and nobody is told. */
  lose(error: Error): void
}

export type Message = ({ stream: string } & (Packet | { open: string } | { isOpen: boolean })) | { bye: true }

/** Of a frame, in the trace. */
const SHOWN_BYTES = 400

export function createEnd(options: EndOptions): End {
  const { process, remotePeer, remoteMachine, direction, line, dice, shares } = options
  const streams = new Map<string, StreamSide>()
  const opening = new Map<string, (isOpen: boolean | Error) => void>()
  let isGone = false
  let opened = 0

  function post(message: Message): boolean {
    if (isGone || !process.reach()) return false
    line.send(() => {
      const other = options.other()
      options.note(textOf(message))
      if (other?.isAlive) other.receive(message)
      // Another process is there by now, and knows nothing of this connection.
      else if (options.isRemoteUp()) process.enter(() => lose(new Error('The other side reset the connection')))
    })
    return true
  }

  function lose(error: Error): void {
    if (isGone) return
    isGone = true
    for (const settle of opening.values()) settle(error)
    for (const side of [...streams.values()]) side.break(error)
    options.onGone()
  }

  function close(error = new Error('The connection was closed')): void {
    post({ bye: true })
    lose(error)
  }

  function begin(stream: string, protocol: string): StreamSide {
    const side = createStreamSide({
      protocol,
      send: packet => post({ stream, ...packet }),
      faults: createFrameFaults(dice, shares),
      onGone: () => streams.delete(stream)
    })
    streams.set(stream, side)
    return side
  }

  function take(message: Message): void {
    if (isGone) return
    if ('bye' in message) {
      lose(new Error('The other side closed the connection'))
      return
    }
    const { stream } = message
    if ('open' in message) {
      const { open: protocol } = message
      const side = begin(stream, protocol)
      const isOpen = options.onStream(protocol, side.stream, connection)
      if (!isOpen) streams.delete(stream)
      post({ stream, isOpen })
    } else if ('isOpen' in message) opening.get(stream)?.(message.isOpen)
    else streams.get(stream)?.receive(message)
  }

  function newStream(protocol: string, { signal }: { signal?: AbortSignal } = {}): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const id = `${direction}${++opened}`
      const side = begin(id, protocol)
      const onAbort = () => settle(signal?.reason)
      const settle = (answer: boolean | Error) => {
        opening.delete(id)
        signal?.removeEventListener('abort', onAbort)
        if (answer === true) return resolve(side.stream)
        streams.delete(id)
        reject(answer || new Error(`The other side does not speak ${protocol}`))
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      opening.set(id, settle)
      if (isGone) settle(new Error('The connection is closed'))
      else post({ stream: id, open: protocol })
    })
  }

  // All of a connection that `peers.ts` and `gate.ts` touch.
  const connection = {
    remotePeer,
    remoteAddr: addressOf(remoteMachine, remotePeer),
    direction,
    timeline: { open: options.now() },
    newStream,
    close: async () => close(),
    abort: close
  } as unknown as Connection

  return {
    connection,
    get isGone() {
      return isGone
    },
    get isAlive() {
      return process.isAlive
    },
    receive: message => process.enter(() => take(message)),
    close,
    lose
  }
}

function textOf(message: Message): string {
  if (!('data' in message)) return JSON.stringify(message)
  return `${message.stream} ${message.data.length} bytes ${Buffer.from(message.data).toString('latin1', 0, SHOWN_BYTES)}`
}

export function addressOf(machine: string, peerId: PeerId): Multiaddr {
  return multiaddr(`/memory/${machine}/p2p/${peerId}`)
}
