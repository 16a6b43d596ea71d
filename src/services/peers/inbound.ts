/**
 * The streams that peers open here, within what one peer may hold over all its connections: so many streams, and so many bytes that
 * wait, of messages that have not come whole and of answers that it does not read. A stream on which nothing happens is closed.
 */
import type { Stream } from '@libp2p/interface'
import type { Clock } from '../../core/clock.ts'
import { AppError, toWireError } from '../../core/errors.ts'
import { lineFault, wireFault } from '../../protocol/wire/faults.ts'
import { FrameError } from '../../protocol/wire/frame.ts'
import { MAX_LINE_BYTES } from '../../protocol/wire/line.ts'
import type { PeerLimits, PeerStream } from './api.ts'
import { FRAMES, LINES, type MessageStream, messagesOf } from './frames.ts'

export interface InboundOptions {
  limits: PeerLimits
  clock: Clock
  onMessage: (peerId: string) => void
  onBytes: (peerId: string, received: number, sent: number) => void
}

/** Who is at the other end, and what is spoken. */
export interface StreamOf extends Pick<PeerStream, 'peerId' | 'protocol' | 'showToken'> {
  isTrusted: boolean
}

export type Inbound = (stream: Stream, of: StreamOf, handler: (stream: PeerStream) => void) => void

/** What one may send and open who has shown nothing yet. */
const STRANGER_BYTES = 1024 * 1024
const STRANGER_STREAMS = 2

export function createInbound({ limits, clock, onMessage, onBytes }: InboundOptions): Inbound {
  const open = new Map<string, Set<MessageStream>>()

  /** What this peer makes the node hold. */
  function waiting(peerId: string): number {
    let bytes = 0
    for (const { buffered } of open.get(peerId) ?? []) bytes += buffered
    return bytes
  }

  return (stream, { peerId, isTrusted, protocol, showToken }, handler) => {
    const isLines = protocol === 'task-queue'
    const maxStreams = isTrusted ? limits.maxStreamsPerPeer : Math.min(limits.maxStreamsPerPeer, STRANGER_STREAMS)
    const maxFrameBytes = Math.min(
      limits.maxFrameBytes,
      ...(isTrusted ? [] : [STRANGER_BYTES]),
      ...(isLines ? [MAX_LINE_BYTES] : [])
    )
    const streams = open.get(peerId) ?? new Set()
    if (streams.size >= maxStreams) {
      stream.abort(new Error('This peer has as many streams open as it may'))
      return
    }
    let take: ((body: Uint8Array) => void) | undefined
    let isBusy = () => false
    const early: Uint8Array[] = []
    const closers: (() => void)[] = []
    let messageAt = clock.monotonic()

    const messages = messagesOf(stream, {
      framing: isLines ? LINES : FRAMES,
      maxFrameBytes,
      onMessage(body) {
        messageAt = clock.monotonic()
        onMessage(peerId)
        if (take) take(body)
        else early.push(body)
      },
      onClose() {
        cancelTimer()
        streams.delete(messages)
        if (streams.size === 0) open.delete(peerId)
        for (const closer of closers) closer()
      },
      onBytes(received, sent) {
        onBytes(peerId, received, sent)
        if (sent > 0) messageAt = clock.monotonic()
        if (waiting(peerId) > limits.maxBytesPerPeer) stream.abort(new Error('This peer makes too much wait'))
      }
    })
    open.set(peerId, streams.add(messages))

    /** A message that has begun must come whole in time; between messages only what is under way keeps a stream. */
    function closeIdle(): void {
      const leftMs = messageAt + limits.idleMs - clock.monotonic()
      if (leftMs > 0) cancelTimer = clock.after(leftMs, closeIdle)
      else if (messages.isWhole && isBusy()) cancelTimer = clock.after(limits.idleMs, closeIdle)
      else {
        if (!isLines) messages.send(wireFault(null, 'idle'))
        stream.abort(new Error('Nothing happened on this stream for too long'))
      }
    }
    let cancelTimer = clock.after(limits.idleMs, closeIdle)

    function send(text: string): void {
      try {
        messages.send(text)
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        messages.send(isLines ? lineFault(error) : tooLargeAnswer(text, error))
      }
    }

    handler({
      peerId,
      protocol,
      showToken,
      send,
      onMessage(callback) {
        take = callback
        for (const body of early.splice(0)) callback(body)
      },
      onClose: callback => void closers.push(callback),
      keepWhile(underWay) {
        isBusy = underWay
      },
      close: messages.close
    })
  }
}

/** Instead of an answer that no frame takes. */
function tooLargeAnswer(text: string, { message, frameBytes, maxFrameBytes }: FrameError): string {
  const { id }: { id?: string | number | null } = JSON.parse(text)
  const data = { ...toWireError(new AppError('TOO_LARGE', message)), frameLen: frameBytes, maxFrameBytes }
  return wireFault(id ?? null, 'frame_too_large', data)
}
