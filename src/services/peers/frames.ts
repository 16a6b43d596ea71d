/** A libp2p stream as a stream of whole messages. */
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { frameFault, lineFault } from '../../protocol/wire/faults.ts'
import { createFrameSplitter, encodeFrame, FrameError, type FrameSplitter } from '../../protocol/wire/frame.ts'
import { createLineSplitter, encodeLine } from '../../protocol/wire/line.ts'

export interface MessageStream {
  /** Sends one message; `false` when the stream is closed. FrameError if it is too large. */
  send(text: string): boolean
  close(): void
  /** Bytes of a message that has not come whole. */
  readonly pending: number
}

/** How messages stand in the bytes, and how what is wrong with those is told. */
export interface Framing {
  split(
    onMessage: (body: Uint8Array) => void,
    maxBytes: number,
    admit?: (bytes: number) => boolean
  ): Pick<FrameSplitter, 'push' | 'pending'>
  encode(text: string, maxBytes: number): Uint8Array
  fault(error: FrameError): string
}

export const FRAMES: Framing = { split: createFrameSplitter, encode: encodeFrame, fault: frameFault }
export const LINES: Framing = { split: createLineSplitter, encode: encodeLine, fault: lineFault }

export interface MessageStreamOptions {
  framing?: Framing
  maxFrameBytes: number
  /** Asked before anything is kept of a message of so many bytes. */
  admit?: (bytes: number) => boolean
  onMessage: (body: Uint8Array) => void
  /** Once, with what broke it if it did not end well. */
  onClose: (error: Error | undefined) => void
  onBytes: (received: number, sent: number) => void
}

export function messagesOf(stream: Stream, options: MessageStreamOptions): MessageStream {
  const { framing = FRAMES, maxFrameBytes, admit, onMessage, onClose, onBytes } = options
  const splitter = framing.split(onMessage, maxFrameBytes, admit)
  let isClosed = false
  let failure: Error | undefined

  stream.maxReadBufferLength = maxFrameBytes + 1024
  stream.addEventListener('message', ({ data }: StreamMessageEvent) => {
    const bytes = data.subarray()
    if (failure) return
    onBytes(bytes.length, 0)
    try {
      splitter.push(bytes)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      if (failure) return
      failure = error
      // The other side is told why; nothing of what still comes is kept.
      stream.send(framing.encode(framing.fault(error), maxFrameBytes))
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
    get pending() {
      return splitter.pending
    },
    send(text) {
      if (isClosed || stream.writeStatus !== 'writable') return false
      const frame = framing.encode(text, maxFrameBytes)
      onBytes(0, frame.length)
      stream.send(frame)
      return true
    },
    close() {
      void stream.close().catch(() => stream.abort(new Error('The stream could not be closed')))
    }
  }
}
