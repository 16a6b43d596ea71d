/**
 * Words that a mistyped one may have meant. Every known word is filed under itself and all that is left of it when one letter
 * is taken out; a mistyped word that is one letter away is found by the same trick, without a walk over the vocabulary.
 */

/** Shorter words have too many neighbours to guess. */
const SHORTEST = 3
/** Below this length only a letter too few or two that changed places are taken for a slip: "pni", "lst". */
const SURE = 4
/** From this length on a word may be two slips away. */
const LONG = 8

export type Spelling = (word: string) => readonly string[]

export function createSpelling(vocabulary: Iterable<string>): Spelling {
  const files = new Map<string, string[]>()
  for (const known of vocabulary) {
    if (known.length < SHORTEST) continue
    for (const key of shortened(known)) {
      const file = files.get(key)
      if (file) file.push(known)
      else files.set(key, [known])
    }
  }

  /** The nearest known words, all at the same distance; none when the word is known or nothing is near. */
  return word => {
    if (word.length < SHORTEST || /\d/.test(word)) return []
    const candidates = new Set([...shortened(word)].flatMap(key => files.get(key) ?? []))
    if (candidates.has(word)) return []
    const limit = word.length >= LONG ? 2 : 1
    const measured = [...candidates]
      .filter(candidate => isLikely(word, candidate))
      .map(candidate => [candidate, slips(word, candidate)] as const)
    const nearest = Math.min(...measured.map(([, distance]) => distance))
    return nearest > limit ? [] : measured.filter(([, distance]) => distance === nearest).map(([known]) => known)
  }
}

function isLikely(word: string, candidate: string): boolean {
  if (word.length >= SURE) return candidate.length >= SHORTEST
  return candidate.length > word.length || [...word].sort().join() === [...candidate].sort().join()
}

function shortened(word: string): Set<string> {
  const keys = new Set([word])
  for (let at = 0; at < word.length; at++) keys.add(word.slice(0, at) + word.slice(at + 1))
  return keys
}

/** Letters added, left out, exchanged, or swapped with their neighbour. */
function slips(a: string, b: string): number {
  let older: number[] = []
  let old = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min((old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (old[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (older[j - 2] ?? 0) + 1)
      row.push(best)
    }
    older = old
    old = row
  }
  return old[b.length] ?? 0
}
