/** Cuts a stream of bytes into lines, holding at most one line of bounded length. */

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

export interface LineEvents {
  /** A line without its end; empty ones are left out. */
  onLine(bytes: Uint8Array): void
  /** Called once for a line that is longer than allowed; the rest of it is skipped. */
  onTooLong(): void
}

/** Returns the function that takes each chunk. A last line without a newline is never complete and is dropped. */
export function createLineSplitter(maxBytes: number, { onLine, onTooLong }: LineEvents): (chunk: Uint8Array) => void {
  let parts: Uint8Array[] = []
  let length = 0
  let isSkipping = false

  function take(part: Uint8Array): void {
    if (isSkipping) return
    length += part.length
    if (length <= maxBytes) {
      if (part.length > 0) parts.push(part)
      return
    }
    isSkipping = true
    parts = []
    onTooLong()
  }

  function finish(): void {
    const [first = new Uint8Array()] = parts
    const line = parts.length > 1 ? Buffer.concat(parts, length) : first
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length
    if (!isSkipping && end > 0) onLine(line.subarray(0, end))
    parts = []
    length = 0
    isSkipping = false
  }

  return chunk => {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end))
      finish()
      start = end + 1
    }
    take(chunk.subarray(start))
  }
}
