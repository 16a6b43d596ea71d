import type { Field } from './documents.ts'

/** A word of the query that a document was found by, and where it stands in the document. */
export interface Match {
  /** As the query has it. */
  word: string
  /** The word it was taken for, where that is another. */
  as?: string
  field: Field
}

export interface Scored {
  /** By document number, larger is better, 0 for no match. */
  scores: Float64Array
  /** What speaks for one document; asked for those that are shown only. */
  explain(document: number): Match[]
}

/**
 * One way to judge how well documents fit a query. Scores of several are brought to one scale and added by weight, so that a
 * scorer over vectors can stand beside the one over words.
 */
export interface Scorer {
  weight: number
  score(query: string): Scored
}
