/** Headers as OpenTelemetry has them in one text: `name=value` pairs separated by commas, values percent-encoded where they must be. */

/** Of a header's name, and of what a header can carry. */
const PAIR = /^\s*([\w!#$%&'*+.^`|~-]+)\s*=\s*([\x20-\x7e]*?)\s*$/

/** Undefined for what is no such text. */
export function readPairs(text: string): Record<string, string> | undefined {
  const pairs: [string, string][] = []
  for (const part of text.split(',').filter(part => part.trim() !== '')) {
    const [, name, value] = PAIR.exec(part) ?? []
    const decoded = value === undefined ? undefined : percentDecoded(value)
    if (name === undefined || decoded === undefined) return undefined
    pairs.push([name, decoded])
  }
  return Object.fromEntries(pairs)
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
