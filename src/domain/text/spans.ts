/** Where the parts of a text lie: units of the language, without the white space around them. */

/** From `start` up to, but without, `end`, in UTF-16 units. */
export interface Span {
  start: number
  end: number
}

/** By the rules of Unicode (UAX 29), which know no abbreviations of a language. */
export function sentencesOf(text: string): Span[] {
  const spans: Span[] = []
  for (const { segment, index } of new Intl.Segmenter('und', { granularity: 'sentence' }).segment(text)) {
    const span = trim(text, { start: index, end: index + segment.length })
    if (span) spans.push(span)
  }
  return spans
}

/** What stands between blank lines. */
export function paragraphsOf(text: string): Span[] {
  const spans: Span[] = []
  let start = 0
  for (const { index, 0: gap } of text.matchAll(/\r?\n[^\S\n]*\r?\n\s*/g)) {
    const span = trim(text, { start, end: index })
    if (span) spans.push(span)
    start = index + gap.length
  }
  const last = trim(text, { start, end: text.length })
  return last ? [...spans, last] : spans
}

/** What stands between white space. */
export function wordsOf(text: string): Span[] {
  return Array.from(text.matchAll(/\S+/g), ({ index, 0: word }) => ({ start: index, end: index + word.length }))
}

const SPACE = /\s/

function trim(text: string, { start, end }: Span): Span | undefined {
  let [from, to] = [start, end]
  while (from < to && SPACE.test(text.charAt(from))) from++
  while (to > from && SPACE.test(text.charAt(to - 1))) to--
  return from < to ? { start: from, end: to } : undefined
}
