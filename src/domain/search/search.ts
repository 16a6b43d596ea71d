/** Finds the tools that do a job described in anybody's words. Built once from the categories; a query changes nothing in it. */
import type { ManifestCategory } from '../../core/catalog.ts'
import { documentsOf, type SearchDocument } from './documents.ts'
import type { Match, Scored, Scorer } from './scorer.ts'
import { createWordScorer } from './word-scorer.ts'

export interface ToolHit {
  name: string
  category: string
  title: string
  /** Against the best of the answer, which has 1. */
  score: number
  /** The words of the query that speak for it. */
  why: Match[]
}

export interface SearchOptions {
  limit: number
  category?: string
}

export interface ToolSearch {
  /** The best first; `total` counts everything that matched at all. */
  search(query: string, options: SearchOptions): { total: number; hits: ToolHit[] }
}

export function createToolSearch(
  categories: readonly ManifestCategory[],
  scorersFor: (documents: readonly SearchDocument[]) => Scorer[] = documents => [createWordScorer(documents)]
): ToolSearch {
  const documents = documentsOf(categories)
  const scorers = scorersFor(documents)

  return {
    search(query, { limit, category }) {
      const scored = scorers.map(scorer => ({ weight: scorer.weight, ...scorer.score(query) }))
      const scores = combine(scored, documents.length)
      const found: number[] = []
      for (let document = 0; document < documents.length; document++) {
        const isAsked = category === undefined || documents[document]?.category === category
        if (isAsked && (scores[document] ?? 0) > 0) found.push(document)
      }
      // Equal scores stay in the order of the catalogue.
      found.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b)
      const best = scores[found[0] ?? 0] || 1
      const hits = found.slice(0, limit).flatMap(number => {
        const document = documents[number]
        if (!document) return []
        const { name, category, title } = document
        const score = Math.round(((scores[number] ?? 0) / best) * 1000) / 1000
        return [{ name, category, title, score, why: scored.flatMap(one => one.explain(number)) }]
      })
      return { total: found.length, hits }
    }
  }
}

/** Each scorer has its own scale; what they say is compared by share of their best. */
function combine(scored: readonly (Scored & { weight: number })[], length: number): Float64Array {
  const sums = new Float64Array(length)
  for (const { weight, scores } of scored) {
    const best = scores.reduce((highest, score) => Math.max(highest, score), 0)
    if (best === 0) continue
    for (let document = 0; document < length; document++) {
      sums[document] = (sums[document] ?? 0) + (weight * (scores[document] ?? 0)) / best
    }
  }
  return sums
}
