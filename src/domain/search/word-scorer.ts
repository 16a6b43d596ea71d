/** Scores by words: each word of a query counts by its best reading in a document, as written, as a synonym or as a slip. */
import type { SearchDocument } from './documents.ts'
import { createInvertedIndex, type Postings } from './inverted-index.ts'
import type { Match, Scorer } from './scorer.ts'
import { createSpelling, type Spelling } from './spelling.ts'
import { stem } from './stem.ts'
import { createPhrases, createSynonyms, type Phrase } from './synonyms.ts'
import { type Term, termsOf, wordsOf } from './words.ts'

/** Another name for the same says a little less than the word itself, a word that often goes with it much less. */
const SAME_WEIGHT = 0.7
const AKIN_WEIGHT = 0.5
const PHRASE_WEIGHT = 1
const SLIP_WEIGHT = 0.85
/** More words than any honest question has; the rest is not looked at. */
const MAX_TERMS = 32

interface Reading {
  stem: string
  weight: number
  postings: Postings
}

export function createWordScorer(documents: readonly SearchDocument[]): Scorer {
  const index = createInvertedIndex(documents)
  const synonyms = createSynonyms()
  const phrases = createPhrases()
  // Most questions are spelled well, and this is the dearest part.
  let spelling: Spelling | undefined
  const guess = (stem: string) => {
    spelling ??= createSpelling(new Set([...index.keys(), ...synonyms.keys()]))
    return spelling(stem)
  }
  const isKnown = (stem: string) => index.has(stem) || synonyms.has(stem)

  /** What a word may be read as, the best reading first. */
  function readingsOf(stems: readonly string[], weight: number): Reading[] {
    const weights = new Map<string, number>()
    const admit = (stem: string, value: number) => weights.set(stem, Math.max(value, weights.get(stem) ?? 0))
    for (const stem of stems) {
      admit(stem, weight)
      for (const { stem: other, isSame } of synonyms.get(stem) ?? []) {
        admit(other, weight * (isSame ? SAME_WEIGHT : AKIN_WEIGHT))
      }
    }
    return [...weights].flatMap(([stem, value]) => {
      const postings = index.get(stem)
      return postings ? [{ stem, weight: value, postings }] : []
    })
  }

  function read({ stem, word }: Term) {
    if (isKnown(stem)) return { word, readings: readingsOf([stem], 1) }
    return { word, readings: readingsOf(guess(stem), SLIP_WEIGHT) }
  }

  return {
    weight: 1,
    score(query) {
      const terms = unique(termsOf(query)).slice(0, MAX_TERMS)
      const asked = [
        ...terms.map(read),
        ...phrasesIn(query, phrases).map(({ word, means }) => ({ word, readings: readingsOf(means, PHRASE_WEIGHT) }))
      ]
      const scores = new Float64Array(documents.length)
      const best = new Float64Array(documents.length)
      for (const { readings } of asked) {
        best.fill(0)
        for (const { weight, postings } of readings) {
          for (let at = 0; at < postings.documents.length; at++) {
            const document = postings.documents[at] ?? 0
            const gain = weight * (postings.impacts[at] ?? 0) - (best[document] ?? 0)
            if (gain <= 0) continue
            best[document] = (best[document] ?? 0) + gain
            scores[document] = (scores[document] ?? 0) + gain
          }
        }
      }
      const explain = (document: number) => asked.flatMap(({ word, readings }) => bestMatch(word, readings, document))
      return { scores, explain }
    }
  }
}

function bestMatch(word: string, readings: readonly Reading[], document: number): Match[] {
  let best = 0
  let match: Match | undefined
  for (const { stem, weight, postings } of readings) {
    const at = postings.documents.indexOf(document)
    const field = postings.fields[at]
    const gain = weight * (postings.impacts[at] ?? 0)
    if (field === undefined || gain <= best) continue
    best = gain
    match = { word, field, ...(!word.startsWith(stem.slice(0, -1)) && { as: stem }) }
  }
  return match ? [match] : []
}

function unique(terms: readonly Term[]): Term[] {
  return [...new Map(terms.map(term => [term.stem, term])).values()]
}

/** Phrases look at every word, for those that mean nothing alone as well. */
function phrasesIn(query: string, phrases: readonly Phrase[]): { word: string; means: readonly string[] }[] {
  const stems = ` ${wordsOf(query).map(stem).join(' ')} `
  return phrases
    .map(({ stems: wanted, means }) => ({ word: wanted.join(' '), means }))
    .filter(({ word }) => stems.includes(` ${word} `))
}
