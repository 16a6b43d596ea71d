/** Content inside a result: a bounded number of bytes, as text where they are text. */

/** Base64 makes 64 KiB of it, the size that a result should keep to. */
export const MAX_INLINE_BYTES = 48 * 1024
/** Text may grow sixfold by JSON escapes, and the fields around it need room. */
export const RESULT_BYTES = 6 * MAX_INLINE_BYTES + 16 * 1024

/** Text where it is text; a character cut in two by the end of the part is left for the next read. */
export function present(bytes: Buffer, isCut: boolean) {
  for (let drop = 0; drop <= (isCut ? Math.min(3, bytes.length - 1) : 0); drop++) {
    const part = bytes.subarray(0, bytes.length - drop)
    const content = part.toString()
    // Decoding replaces what is not UTF-8, so only text comes back as it was.
    if (Buffer.from(content).equals(part)) return { content, encoding: 'utf-8' as const, returned: part.length }
  }
  return { content: bytes.toString('base64'), encoding: 'base64' as const, returned: bytes.length }
}
