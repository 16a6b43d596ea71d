/** Which documents hold a term, and how much it says about each: BM25F over fields, computed once, so that a query only adds up. */
import { FIELDS, type Field, type SearchDocument } from './documents.ts'
import { termsOf } from './words.ts'

/** How much a word says about a tool by where it stands. */
const FIELD_WEIGHT: Record<Field, number> = {
  name: 5,
  title: 3.5,
  description: 1.6,
  parameters: 0.6,
  examples: 1,
  askedFor: 2,
  category: 0.4
}
/** How much a field's length dampens its words: long lists of parameters say less per word, names do not. */
const LENGTH_DAMPING: Record<Field, number> = {
  name: 0.2,
  title: 0.3,
  description: 0.6,
  parameters: 0.8,
  examples: 0.6,
  askedFor: 0.6,
  category: 0.3
}
/** Where repeating a word stops to add. */
const SATURATION = 2.4

export interface Postings {
  /** Ascending. */
  documents: Uint32Array
  /** What the term adds to the score of each. */
  impacts: Float64Array
  /** The field of each where the term weighs most. */
  fields: readonly Field[]
}

export type InvertedIndex = ReadonlyMap<string, Postings>

export function createInvertedIndex(documents: readonly SearchDocument[]): InvertedIndex {
  const counted = documents.map(countFields)
  const average = averageLengths(counted)
  const gathered = new Map<string, { document: number; weight: number; field: Field }[]>()

  for (const [document, fields] of counted.entries()) {
    const weights = new Map<string, { weight: number; field: Field; best: number }>()
    for (const field of FIELDS) {
      const { counts, length } = fields[field]
      const damping = 1 - LENGTH_DAMPING[field] + (LENGTH_DAMPING[field] * length) / (average[field] || 1)
      for (const [term, count] of counts) {
        const weight = (FIELD_WEIGHT[field] * count) / damping
        const known = weights.get(term)
        if (!known) weights.set(term, { weight, field, best: weight })
        else {
          known.weight += weight
          if (weight > known.best) Object.assign(known, { field, best: weight })
        }
      }
    }
    for (const [term, { weight, field }] of weights) {
      const list = gathered.get(term)
      if (list) list.push({ document, weight, field })
      else gathered.set(term, [{ document, weight, field }])
    }
  }

  const index = new Map<string, Postings>()
  for (const [term, list] of gathered) {
    const rarity = Math.log(1 + (documents.length - list.length + 0.5) / (list.length + 0.5))
    index.set(term, {
      documents: Uint32Array.from(list, entry => entry.document),
      impacts: Float64Array.from(list, ({ weight }) => (rarity * weight * (SATURATION + 1)) / (weight + SATURATION)),
      fields: list.map(entry => entry.field)
    })
  }
  return index
}

type Counted = Record<Field, { counts: Map<string, number>; length: number }>

function countFields({ fields }: SearchDocument): Counted {
  const count = (field: Field) => {
    const counts = new Map<string, number>()
    const terms = termsOf(fields[field])
    for (const { stem } of terms) counts.set(stem, (counts.get(stem) ?? 0) + 1)
    return [field, { counts, length: terms.length }] as const
  }
  // One entry for each of FIELDS.
  return Object.fromEntries(FIELDS.map(count)) as Counted
}

function averageLengths(counted: readonly Counted[]): Record<Field, number> {
  const average = (field: Field) => counted.reduce((sum, fields) => sum + fields[field].length, 0) / counted.length
  // One entry for each of FIELDS.
  return Object.fromEntries(FIELDS.map(field => [field, average(field)])) as Record<Field, number>
}
