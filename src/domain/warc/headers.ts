export type HeaderList = readonly (readonly [name: string, value: string])[]

/** `name: value` lines; a line that begins with a space goes on with the one before. */
export function parseHeaderLines(lines: readonly string[]): HeaderList {
  const headers: [string, string][] = []
  for (const line of lines) {
    const last = headers.at(-1)
    const colon = line.indexOf(':')
    if (/^[ \t]/.test(line) && last) last[1] += ` ${line.trim()}`
    else if (colon > 0) headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()])
  }
  return headers
}

/** The first of this name; names are told apart without case. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([known]) => known.toLowerCase() === name)?.[1]
}
