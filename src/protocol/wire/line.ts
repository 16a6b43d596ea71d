/**
 * Messages of `/ipfs-datasets/task-queue/1.0.0`, which nodes in Python spoke before `/mcp+p2p/1.0.0`: one JSON object on a line each
 * way, one request a stream.
 */
import { FrameError, type FrameSplitter } from './frame.ts'

export const TASK_QUEUE_PROTOCOL = '/ipfs-datasets/task-queue/1.0.0'
/** What they send at most. */
export const MAX_LINE_BYTES = 1024 * 1024

const NEWLINE = 0x0a

/** FrameError if it is larger than a line may be. */
export function encodeLine(text: string, maxLineBytes: number = MAX_LINE_BYTES): Uint8Array {
  const line = Buffer.from(`${text}\n`)
  if (line.length > maxLineBytes) throw new FrameError(line.length, maxLineBytes)
  return line
}

/** Hands on each line without its end. A line that grows too long is a FrameError before more of it is kept. */
export function createLineSplitter(
  onLine: (body: Uint8Array) => void,
  maxLineBytes: number = MAX_LINE_BYTES
): FrameSplitter {
  let chunks: Uint8Array[] = []
  let held = 0

  function keep(part: Uint8Array): void {
    if (held + part.length > maxLineBytes) throw new FrameError(held + part.length, maxLineBytes)
    // The chunk is another's and may be much larger than the part.
    chunks.push(Uint8Array.from(part))
    held += part.length
  }

  return {
    get pending() {
      return held
    },
    get isWhole() {
      return held === 0
    },
    push(chunk) {
      let from = 0
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
        keep(chunk.subarray(from, end))
        from = end + 1
        const line = Buffer.concat(chunks)
        chunks = []
        held = 0
        onLine(line)
      }
      if (from < chunk.length) keep(chunk.subarray(from))
    }
  }
}
