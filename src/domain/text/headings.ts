/** The sections of a Markdown text: each begins at a heading, and knows the headings that it stands under. */
import type { Span } from './spans.ts'

export interface Section extends Span {
  /** From the outermost heading to its own; empty before the first one. */
  headings: string[]
}

const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/
/** Of a heading, as it is told with each of its chunks. */
const MAX_TITLE = 200
const FENCE = /^ {0,3}(`{3,}|~{3,})/

/** In order, and together the whole text. A line of `#` inside a fenced block of code is no heading. */
export function sectionsOf(text: string): Section[] {
  const sections: Section[] = [{ start: 0, end: 0, headings: [] }]
  const open: { level: number; title: string }[] = []
  let fence = ''
  let start = 0
  for (const line of text.split('\n')) {
    const [, mark = ''] = FENCE.exec(line) ?? []
    const [, level, title = ''] = fence === '' ? (HEADING.exec(line.replace(/\r$/, '')) ?? []) : []
    if (fence === '') fence = mark
    else if (mark.startsWith(fence) && line.trim() === mark) fence = ''
    if (level !== undefined) {
      while ((open.at(-1)?.level ?? 0) >= level.length) open.pop()
      open.push({ level: level.length, title: title.slice(0, MAX_TITLE) })
      close(sections, start)
      sections.push({ start, end: start, headings: open.map(heading => heading.title) })
    }
    start += line.length + 1
  }
  close(sections, text.length)
  return sections
}

function close(sections: Section[], end: number): void {
  const last = sections.at(-1)
  if (last) last.end = end
}
