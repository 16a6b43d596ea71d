/** From bytes to text: by a byte order mark, by what is declared, as UTF-8 where they are that, else as Windows-1252. */

const MARKS: readonly [mark: Buffer, encoding: string][] = [
  [Buffer.of(0xef, 0xbb, 0xbf), 'utf-8'],
  [Buffer.of(0xff, 0xfe), 'utf-16le'],
  [Buffer.of(0xfe, 0xff), 'utf-16be']
]

const markOf = (bytes: Buffer) => MARKS.find(([mark]) => bytes.subarray(0, mark.length).equals(mark))?.[1]

/** Decodes what a decoder knows; the declared encoding is ignored where there is none of that name. */
export function decodeText(bytes: Buffer, declared?: string): string {
  const encoding = markOf(bytes) ?? declared
  const decoder = encoding === undefined ? undefined : decoderFor(encoding)
  if (decoder) return decoder.decode(bytes)
  const text = bytes.toString('utf8')
  // A character cut in two by the end of a part is no sign of another encoding.
  return text.slice(0, -4).includes('\ufffd') ? new TextDecoder('windows-1252').decode(bytes) : text
}

/** `undefined` where no encoding has this name. */
export function decoderFor(encoding: string) {
  try {
    return new TextDecoder(encoding.trim())
  } catch {
    return undefined
  }
}

/** Whether they are marked as UTF-16 and hold no control characters that a text has not. */
export function isWideText(bytes: Buffer): boolean {
  const encoding = markOf(bytes)
  if (encoding === undefined || encoding === 'utf-8') return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\ufffd]/.test(decodeText(bytes).slice(0, -1))
}

/** Whether the bytes look like a text: no control characters but those that texts have. */
export function isText(bytes: Buffer): boolean {
  if (isWideText(bytes)) return true
  return !bytes.some(byte => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))
}
