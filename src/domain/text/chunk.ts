/** Cuts a text into chunks of a bounded size that may overlap. */
import { sectionsOf } from './headings.ts'
import { paragraphsOf, type Span, sentencesOf, wordsOf } from './spans.ts'
import { tokensOf } from './tokens.ts'

export const CHUNK_STRATEGIES = ['fixed_size', 'sentence', 'paragraph', 'word', 'token', 'heading'] as const
export type ChunkStrategy = (typeof CHUNK_STRATEGIES)[number]

export interface ChunkOptions {
  strategy: ChunkStrategy
  /** At most so many words for `word`, tokens for `token`, UTF-16 units otherwise. At least 2. */
  size: number
  /** How much of a chunk the next one may repeat, in the same unit; at most half of the size. */
  overlap: number
}

/** In order. Each but the first begins after the one before began and ends after it ended. */
export function chunkText(text: string, { strategy, size, overlap }: ChunkOptions): Span[] {
  switch (strategy) {
    case 'fixed_size':
      return cut(text, { start: 0, end: text.length }, size, overlap)
    case 'word':
      return windows(wordsOf(text), size, overlap)
    case 'sentence':
      return pack(whole(text, sentencesOf(text), size), size, overlap)
    case 'paragraph':
      return pack(whole(text, paragraphsOf(text), size), size, overlap)
    case 'token':
      return packTokens(text, size, overlap)
    case 'heading':
      return sectionsOf(text).flatMap(section => pack(whole(text, partsOf(text, section), size), size, overlap))
  }
}

/** The paragraphs of one section. */
function partsOf(text: string, { start, end }: Span): Span[] {
  return paragraphsOf(text.slice(start, end)).map(span => ({ start: start + span.start, end: start + span.end }))
}

/** Whole words as far as their tokens fit; a word of more tokens than a chunk may have is cut between them. */
function packTokens(text: string, size: number, overlap: number): Span[] {
  const units: Span[] = []
  // Tokens before each unit, and after the last.
  const before = [0]
  for (const word of wordsOf(text)) {
    const tokens = tokensOf(text.slice(word.start, word.end))
    for (let at = 0; at < tokens.length; at += size) {
      const [first, last] = [tokens[at], tokens[Math.min(at + size, tokens.length) - 1]]
      units.push({ start: word.start + (first?.start ?? 0), end: word.start + (last?.end ?? 0) })
      before.push((before.at(-1) ?? 0) + Math.min(size, tokens.length - at))
    }
  }
  return pack(units, size, overlap, (first, last) => (before[last + 1] ?? 0) - (before[first] ?? 0))
}

/** Pieces of one span. A character of two units is never cut. */
function cut(text: string, { start, end }: Span, size: number, overlap: number): Span[] {
  const spans: Span[] = []
  for (let from = start; from < end; ) {
    const to = Math.min(end, between(text, from + size))
    spans.push({ start: from, end: to })
    if (to === end) break
    // Beside a character of two units there may be no room for both the overlap and something new.
    const next = between(text, to - overlap)
    from = next > from && between(text, next + size) > to ? next : to
  }
  return spans
}

/** The nearest place at or before `at` that is not inside a surrogate pair. */
function between(text: string, at: number): number {
  const isInside = (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
  return isInside ? at - 1 : at
}

function windows(words: readonly Span[], size: number, overlap: number): Span[] {
  const spans: Span[] = []
  for (let first = 0; first < words.length; first += size - overlap) {
    const last = Math.min(first + size, words.length) - 1
    spans.push(join(words, first, last))
    if (last === words.length - 1) break
  }
  return spans
}

/** Units that fit; those that do not are cut. */
function whole(text: string, units: readonly Span[], size: number): Span[] {
  return units.flatMap(unit => (unit.end - unit.start <= size ? [unit] : cut(text, unit, size, 0)))
}

/** As many whole units in each chunk as fit. The next one repeats whole units that fit the overlap and leave room for a new one. */
function pack(
  units: readonly Span[],
  size: number,
  overlap: number,
  measure = (first: number, last: number) => lengthOf(units, first, last)
): Span[] {
  const spans: Span[] = []
  for (let first = 0; first < units.length; ) {
    let last = first
    while (last + 1 < units.length && measure(first, last + 1) <= size) last++
    spans.push(join(units, first, last))
    if (last === units.length - 1) break
    let next = last + 1
    while (next - 1 > first && measure(next - 1, last) <= overlap && measure(next - 1, last + 1) <= size) next--
    first = next
  }
  return spans
}

function join(spans: readonly Span[], first: number, last: number): Span {
  return { start: spans[first]?.start ?? 0, end: spans[last]?.end ?? 0 }
}

function lengthOf(spans: readonly Span[], first: number, last: number): number {
  const { start, end } = join(spans, first, last)
  return end - start
}
