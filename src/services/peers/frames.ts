/** A libp2p stream as a stream of whole messages. */
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { frameFault, lineFault } from '../../protocol/wire/faults.ts'
import { createFrameSplitter, encodeFrame, FrameError, type FrameSplitter } from '../../protocol/wire/frame.ts'
import { createLineSplitter, encodeLine } from '../../protocol/wire/line.ts'

export interface MessageStream {
  /** Sends one message; `false` when the stream is closed. */
  send(text: string): boolean
  close(): void
  /** Bytes that wait here: of a message that has not come whole, and of those that the other side has not taken. */
  readonly buffered: number
  /** False while a message has begun and not ended. */
  readonly isWhole: boolean
}

/** How messages stand in the bytes, and how what is wrong with those is told. */
export interface Framing {
  split(onMessage: (body: Uint8Array) => void, maxBytes: number): FrameSplitter
  encode(text: string, maxBytes: number): Uint8Array
  fault(error: FrameError): string
}

export const FRAMES: Framing = { split: createFrameSplitter, encode: encodeFrame, fault: frameFault }
export const LINES: Framing = { split: createLineSplitter, encode: encodeLine, fault: lineFault }

export interface MessageStreamOptions {
  framing?: Framing
  maxFrameBytes: number
  onMessage: (body: Uint8Array) => void
  /** Once, with what broke it if it did not end well. */
  onClose: (error: Error | undefined) => void
  onBytes: (received: number, sent: number) => void
}

export function messagesOf(
  stream: Stream,
  { framing = FRAMES, maxFrameBytes, onMessage, onClose, onBytes }: MessageStreamOptions
): MessageStream {
  const splitter = framing.split(onMessage, maxFrameBytes)
  let isClosed = false
  let failure: Error | undefined

  stream.maxReadBufferLength = maxFrameBytes + 1024
  stream.addEventListener('message', ({ data }: StreamMessageEvent) => {
    const bytes = data.subarray()
    if (failure) return
    try {
      splitter.push(bytes)
      onBytes(bytes.length, 0)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      if (failure) return
      failure = error
      // The other side is told why; nothing of what still comes is kept.
      if (stream.writeStatus === 'writable') stream.send(framing.encode(framing.fault(error), maxFrameBytes))
      void stream.close().finally(() => stream.abort(error))
    }
  })
  stream.addEventListener('remoteCloseWrite', () => {
    // A request of a line each way ends its half before it has its answer.
    if (framing === FRAMES) void stream.close().catch(() => {})
  })
  stream.addEventListener('close', (event: StreamCloseEvent) => {
    if (isClosed) return
    isClosed = true
    onClose(failure ?? event.error)
  })

  return {
    send(text) {
      if (isClosed || stream.writeStatus !== 'writable') return false
      const frame = framing.encode(text, maxFrameBytes)
      stream.send(frame)
      onBytes(0, frame.length)
      return true
    },
    get buffered() {
      return splitter.pending + stream.writeBufferLength
    },
    get isWhole() {
      return splitter.isWhole
    },
    close() {
      void stream.close().catch(() => stream.abort(new Error('The stream could not be closed')))
    }
  }
}
