/** How deep JSON is nested, without building what it says. */
import { AppError } from '../../core/errors.ts'

/** The engine follows JSON by recursion, and at some ten thousand levels its stack, and the process with it, is at an end. */
const MAX_DEPTH = 1_000

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** TOO_LARGE when the text is nested too deeply to be read; what else is wrong with it is not looked at. */
export async function refuseDeepJson(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const scan = createScan()
  for await (const chunk of chunks) {
    if (scan(chunk) > MAX_DEPTH) {
      throw new AppError('TOO_LARGE', `The JSON is nested deeper than ${MAX_DEPTH} levels; flatten it`)
    }
  }
}

export const depthOfJson = (text: string): number => createScan()(Buffer.from(text))

/** Takes the text piece by piece and answers how deep it was nested up to there. */
function createScan(): (chunk: Uint8Array) => number {
  let state = { depth: 0, deepest: 0, isInString: false, isEscaped: false }
  return chunk => {
    // Locals, because all of a file passes here.
    let { depth, deepest, isInString, isEscaped } = state
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (isInString) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) isInString = false
      } else if (byte === QUOTE) isInString = true
      // Both kinds of bracket differ from their closing ones by two, and from each other by one bit.
      else if ((byte & 0xdf) === 0x5b) {
        depth++
        if (depth > deepest) deepest = depth
      } else if ((byte & 0xdf) === 0x5d) depth--
    }
    state = { depth, deepest, isInString, isEscaped }
    return deepest
  }
}
