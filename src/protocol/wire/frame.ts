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
  /** `rate_limited` for a frame that would be taken if the peer had not so much under way already. */
  readonly fault: 'frame_too_large' | 'rate_limited'
  readonly frameBytes: number
  readonly maxFrameBytes: number

  constructor(frameBytes: number, maxFrameBytes: number, fault: FrameError['fault'] = 'frame_too_large') {
    super(
      fault === 'frame_too_large'
        ? `A frame of ${frameBytes} bytes is larger than the ${maxFrameBytes} that are taken here`
        : `A frame of ${frameBytes} bytes is more than this peer may have under way here`
    )
    this.fault = fault
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
  /** Takes bytes as they come and hands on the body of each message that is whole. FrameError ends the stream. */
  push(chunk: Uint8Array): void
  /** Bytes of a frame that has not come whole. */
  readonly pending: number
}

/** `admit` is asked with the length of each frame that is not too large, before anything is kept for it. */
export function createFrameSplitter(
  onFrame: (body: Uint8Array) => void,
  maxFrameBytes: number = DEFAULT_MAX_FRAME_BYTES,
  admit: (bytes: number) => boolean = () => true
): FrameSplitter {
  let chunks: Uint8Array[] = []
  let held = 0
  /** Of the frame that is coming in; unknown while its header is not whole. */
  let wanted: number | undefined

  /** The next `length` bytes, which are held. */
  function take(length: number): Buffer {
    const [first = new Uint8Array()] = chunks
    const all = chunks.length === 1 ? first : Buffer.concat(chunks)
    const rest = all.subarray(length)
    chunks = rest.length > 0 ? [rest] : []
    held -= length
    return Buffer.from(all.buffer, all.byteOffset, length)
  }

  return {
    get pending() {
      return held
    },
    push(chunk) {
      if (chunk.length === 0) return
      chunks.push(chunk)
      held += chunk.length
      for (;;) {
        if (wanted === undefined) {
          if (held < HEADER_BYTES) return
          wanted = take(HEADER_BYTES).readUInt32BE(0)
          if (wanted > maxFrameBytes) throw new FrameError(wanted, maxFrameBytes)
          if (!admit(wanted)) throw new FrameError(wanted, maxFrameBytes, 'rate_limited')
        }
        if (held < wanted) return
        const body = take(wanted)
        wanted = undefined
        onFrame(body)
      }
    }
  }
}
