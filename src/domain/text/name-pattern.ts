/**
 * Whether a name fits a pattern in which * stands for any characters and ? for one. A star takes as little as it can and more when
 * the rest does not fit; only the last star is ever widened, which bounds the work by the product of the lengths.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  let [at, place, star, starAt] = [0, 0, -1, 0]
  while (at < name.length) {
    if (pattern[place] === '*') {
      star = place++
      starAt = at
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === name[at])) {
      place++
      at++
    } else if (star !== -1) {
      place = star + 1
      at = ++starAt
    } else return false
  }
  while (pattern[place] === '*') place++
  return place === pattern.length
}
