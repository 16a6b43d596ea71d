/**
 * A light stemmer for English: it takes off what conjugation and plural put on, so that "loading", "loads" and "loaded" meet at
 * "load". It makes keys to compare, not words to read, and would rather leave an ending than make two words one.
 */

const VOWEL = /[aeiouy]/
const DOUBLED = /([bdfgkmnprt])\1$/
/** What "saving" and "named" leave; so short a word keeps its e, or "care" would be "car". */
const LOST_E = /^[^aeiouy][aeiouy][^aeiouwxy]$/
/** Shorter words carry no ending: "its", "red", "sing". */
const SHORTEST_WITH_ENDING = 4

export function stem(word: string): string {
  return finish(withoutConjugation(withoutPlural(word)))
}

function withoutPlural(word: string): string {
  if (word.length < SHORTEST_WITH_ENDING) return word
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (/(ss|sh|ch|x|z)es$/.test(word)) return word.slice(0, -2)
  return /[^siu]s$/.test(word) ? word.slice(0, -1) : word
}

function withoutConjugation(word: string): string {
  const ending = /(ing|ed|ion)$/.exec(word)?.[0]
  if (ending === undefined) return word
  const rest = word.slice(0, -ending.length)
  if (rest.length < 3 || !VOWEL.test(rest)) return word
  // Only "-sion" and "-tion" are endings on a verb; "region" and "million" are words of their own.
  if (ending === 'ion') return /[st]$/.test(rest) ? rest : word
  if (rest.length > 3 && DOUBLED.test(rest)) return rest.slice(0, -1)
  return LOST_E.test(rest) ? `${rest}e` : rest
}

/** A silent e stands or not depending on the ending that followed it; y and i likewise. */
function finish(word: string): string {
  if (word.length > SHORTEST_WITH_ENDING && word.endsWith('e')) return word.slice(0, -1)
  return word.length >= SHORTEST_WITH_ENDING && word.endsWith('y') ? `${word.slice(0, -1)}i` : word
}
