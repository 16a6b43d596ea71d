/** One side of a stream in memory, as far as libp2p's streams are used here. */
import { type Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import type { FrameFaults } from './frame-faults.ts'

/** What goes from one side of a stream to the other. */
export type Packet = { data: Uint8Array } | { end: true } | { reset: true }

export interface StreamSide {
  readonly stream: Stream
  receive(packet: Packet): void
  /** The connection below it is gone. */
  break(error: Error): void
}

export interface StreamSideOptions {
  protocol: string
  /** False when nothing goes out any more. */
  send: (packet: Packet) => boolean
  faults: FrameFaults
  onGone: () => void
}

export function createStreamSide({ protocol, send, faults, onGone }: StreamSideOptions): StreamSide {
  const target = new EventTarget()
  let isGone = false
  let hasEnded = false
  let hasOtherEnded = false

  function leave(error?: Error): void {
    if (isGone) return
    isGone = true
    onGone()
    target.dispatchEvent(new StreamCloseEvent(error === undefined, error))
  }

  function reset(error: Error): void {
    if (!isGone) send({ reset: true })
    leave(error)
  }

  const stream = {
    protocol,
    maxReadBufferLength: 0,
    writeBufferLength: 0,
    get writeStatus() {
      return isGone || hasEnded ? 'closed' : 'writable'
    },
    send(bytes: Uint8Array) {
      for (const part of faults.apply(bytes)) {
        if (part === 'break') {
          reset(new Error('The stream broke in the middle of a frame'))
          return false
        }
        if (!send({ data: part })) return false
      }
      return true
    },
    async close() {
      if (isGone || hasEnded) return
      hasEnded = true
      send({ end: true })
      if (hasOtherEnded) leave()
    },
    abort: reset,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target)
  }

  return {
    // All of a stream that `frames.ts`, `inbound.ts` and `joining.ts` touch.
    stream: stream as unknown as Stream,
    receive(packet) {
      if (isGone) return
      if ('data' in packet) target.dispatchEvent(new StreamMessageEvent(packet.data))
      else if ('reset' in packet) leave(new Error('The other side reset the stream'))
      else {
        hasOtherEnded = true
        target.dispatchEvent(new Event('remoteCloseWrite'))
        if (hasEnded) leave()
      }
    },
    break: leave
  }
}
