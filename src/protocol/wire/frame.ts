/**
 * Frames of `/mcp+p2p/1.0.0`: four bytes of length, unsigned, big-endian, then so many bytes of UTF-8 JSON. A length is judged
 * before anything is kept for it, so that a frame that claims too much costs nothing.
 */

export const MCP_P2P_PROTOCOL = '/mcp+p2p/1.0.0'

export const HEADER_BYTES = 4
/** What this side takes and sends, unless configured. */
export const DEFAULT_MAX_FRAME_BYTES = 16 * 1024 * 1024

/** The stream cannot go on: where a frame ends is no longer known. */
export class FrameError extends Error {
  override name = 'FrameError'
  readonly fault: 'frame_too_large'
  readonly frameBytes: number
  readonly maxFrameBytes: number

  constructor(frameBytes: number, maxFrameBytes: number) {
    super(`A frame of ${frameBytes} bytes is larger than the ${maxFrameBytes} that are taken here`)
    this.fault = 'frame_too_large'
    this.frameBytes = frameBytes
    this.maxFrameBytes = maxFrameBytes
  }
}

/** One frame around a JSON text. FrameError if it is larger than the other side takes. */
export function encodeFrame(text: string, maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES): Uint8Array {
  const length = Buffer.byteLength(text)
  if (length > maxFrameBytes) throw new FrameError(length, maxFrameBytes)
  const frame = Buffer.allocUnsafe(HEADER_BYTES + length)
  frame.writeUInt32BE(length, 0)
  frame.write(text, HEADER_BYTES)
  return frame
}

export interface FrameSplitter {
  /** Takes bytes as they come and hands on the body of each frame that is whole. FrameError ends the stream. */
  push(chunk: Uint8Array): void
  /** Bytes of a frame that has not come whole. */
  readonly pending: number
  /** Whether it is between two frames. */
  readonly isWhole: boolean
}

/** So much is kept for a frame at first; more only as its bytes come. */
const FIRST_BYTES = 4096

export function createFrameSplitter(
  onFrame: (body: Uint8Array) => void,
  maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES
): FrameSplitter {
  const header = Buffer.alloc(HEADER_BYTES)
  let body = Buffer.alloc(0)
  /** Of the header, or of the body once its length is known. */
  let held = 0
  /** Of the frame that is coming in; unknown while its header is not whole. */
  let wanted: number | undefined

  /** Copies what is missing of the header out of the chunk, from `at` on, and answers where it goes on. */
  function takeHeader(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + HEADER_BYTES - held)
    header.set(part, held)
    held += part.length
    if (held === HEADER_BYTES) {
      const length = header.readUInt32BE(0)
      if (length > maxFrameBytes) throw new FrameError(length, maxFrameBytes)
      wanted = length
      held = 0
    }
    return at + part.length
  }

  /** The same for a body. Bytes that come one by one are copied together, so that they cost no more than they are. */
  function takeBody(chunk: Uint8Array, at: number, length: number): number {
    const part = chunk.subarray(at, at + length - held)
    if (part.length === length) {
      wanted = undefined
      onFrame(part)
      return at + length
    }
    if (held + part.length > body.length) {
      const roomier = Buffer.allocUnsafe(Math.min(length, Math.max(FIRST_BYTES, 2 * (held + part.length))))
      body.copy(roomier, 0, 0, held)
      body = roomier
    }
    body.set(part, held)
    held += part.length
    if (held === length) {
      const whole = body.subarray(0, length)
      body = Buffer.alloc(0)
      wanted = undefined
      held = 0
      onFrame(whole)
    }
    return at + part.length
  }

  return {
    get pending() {
      return held
    },
    get isWhole() {
      return wanted === undefined && held === 0
    },
    push(chunk) {
      for (let at = 0; at < chunk.length || wanted === 0; ) {
        at = wanted === undefined ? takeHeader(chunk, at) : takeBody(chunk, at, wanted)
      }
    }
  }
}
