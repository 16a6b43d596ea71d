/** The lines that differ between two texts, with what stands around them. */

const CONTEXT = 2

/** One block from the first line that differs to the last. Lines that begin with `-` are gone, with `+` are new. */
export function lineDiff(before: string, after: string): string {
  const [old, now] = [linesOf(before), linesOf(after)]
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1
  let end = 0
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1
  if (start === old.length && start === now.length) return ''
  const shown = [
    ...old.slice(Math.max(0, start - CONTEXT), start).map(line => `  ${line}`),
    ...old.slice(start, old.length - end).map(line => `- ${line}`),
    ...now.slice(start, now.length - end).map(line => `+ ${line}`),
    ...old.slice(old.length - end, old.length - end + CONTEXT).map(line => `  ${line}`)
  ]
  return `${shown.join('\n')}\n`
}

const linesOf = (text: string): string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))
