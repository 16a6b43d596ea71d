/**
 * Streams that peers open: each counts against what its peer may have under way, and is closed when it has been idle or when a message
 * does not come whole in time.
 */
import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { MAX_LINE_BYTES } from '../../protocol/wire/line.ts'
import type { PeerLimits, PeerStream } from './api.ts'
import { FRAMES, type Framing, LINES, messagesOf } from './frames.ts'
import type { Trust } from './trust.ts'
import type { Usage } from './usage.ts'

export interface InboundOptions {
  limits: PeerLimits
  clock: Clock
  usage: Usage
  trust: Trust
  onBytes: (peerId: string, received: number, sent: number) => void
  onMessage: (peerId: string) => void
  /** The token was shown on this connection, which may stay then. */
  onToken: (connection: Connection) => void
}

/** How long a message may take to come whole, and a stream be idle. */
type Watched = Pick<PeerLimits, 'idleMs' | 'requestTimeoutMs'>

export function acceptStream(
  stream: Stream,
  connection: Connection,
  protocol: PeerStream['protocol'],
  options: InboundOptions
): PeerStream | undefined {
  const { limits, clock, usage, trust, onBytes, onMessage, onToken } = options
  const peerId = connection.remotePeer.toString()
  const used = usage.stream(peerId)
  if (!used) {
    stream.abort(new Error('This peer has as many streams as it may'))
    return undefined
  }
  let take: ((body: Uint8Array) => Promise<void> | void) | undefined
  const early: Uint8Array[] = []
  const closers: (() => void)[] = []
  let working = 0
  const framing: Framing = protocol === 'mcp' ? FRAMES : LINES
  // An answer that nobody reads is kept so long and no longer.
  stream.maxWriteBufferLength = limits.maxBytesPerPeer
  const messages = messagesOf(stream, {
    framing,
    maxFrameBytes: protocol === 'mcp' ? limits.maxFrameBytes : Math.min(limits.maxFrameBytes, MAX_LINE_BYTES),
    admit: used.hold,
    onMessage(body) {
      watch.whole()
      onMessage(peerId)
      if (take) handOver(body)
      else early.push(body)
    },
    onClose() {
      watch.stop()
      used.end()
      for (const closer of closers) closer()
    },
    onBytes(received, sent) {
      watch.touch()
      onBytes(peerId, received, sent)
    }
  })
  const watch = createWatch(limits, clock, {
    isBusy: () => working > 0,
    isPartial: () => messages.pending > 0,
    end: reason => stream.abort(new Error(reason))
  })

  function handOver(body: Uint8Array): void {
    working++
    const done = () => {
      working--
      watch.touch()
      used?.release(body.length)
    }
    const kept = take?.(body)
    if (kept) void kept.then(done, done)
    else done()
  }

  return {
    peerId,
    protocol,
    send(text) {
      try {
        messages.send(text)
      } catch (error) {
        stream.abort(error instanceof Error ? error : new Error(String(error)))
      }
    },
    onMessage(callback) {
      take = callback
      for (const body of early.splice(0)) handOver(body)
    },
    onClose: callback => void closers.push(callback),
    showToken(shown) {
      if (!trust.isToken(shown)) return false
      onToken(connection)
      return true
    },
    close: messages.close
  }
}

interface Watch {
  /** Something moved. */
  touch(): void
  /** A message came whole. */
  whole(): void
  stop(): void
}

/** Ends what stands still: one timer a stream, which looks when there may be something to end. */
function createWatch(
  { idleMs, requestTimeoutMs }: Watched,
  clock: Clock,
  of: { isBusy: () => boolean; isPartial: () => boolean; end: (reason: string) => void }
): Watch {
  const everyMs = Math.min(idleMs, requestTimeoutMs)
  let movedAt = clock.monotonic()
  /** Since when the looks have seen parts of one and the same message. */
  let partialSince: number | undefined
  let cancel = clock.after(everyMs, look)

  function look(): void {
    const now = clock.monotonic()
    partialSince = of.isPartial() ? (partialSince ?? now) : undefined
    if (partialSince !== undefined && now - partialSince >= requestTimeoutMs) of.end('A message did not come whole')
    else if (!of.isBusy() && now - movedAt >= idleMs) of.end('The stream was idle')
    else cancel = clock.after(everyMs, look)
  }

  return {
    touch() {
      movedAt = clock.monotonic()
    },
    whole() {
      partialSince = undefined
    },
    stop: () => cancel()
  }
}
