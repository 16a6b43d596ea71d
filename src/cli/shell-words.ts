/** Command lines that can be pasted into a POSIX shell. */

/** Text that a shell takes as one word; of `key=value` only the value is quoted. */
export function quoted(text: string): string {
  if (/^[\w@%+:,./-]+$/.test(text)) return text
  const [key = ''] = /^\w+=/.exec(text) ?? []
  const value = text.slice(key.length)
  if (key !== '' && /^[\w@%+:,./-]*$/.test(value)) return text
  return `${key}'${value.replaceAll("'", "'\\''")}'`
}

/** A command of this program. */
export const commandLine = (...words: readonly string[]): string =>
  ['ipfs-datasets-mcp', ...words.map(quoted)].join(' ')
