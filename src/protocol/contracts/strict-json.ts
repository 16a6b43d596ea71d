/**
 * JSON from somebody else, read without forgiving anything (`mcpp-jcs-v1`). `JSON.parse` keeps the last of two members of one
 * name, rounds large integers and lets lone surrogates through: two readers could take the same bytes for different values.
 */
import { refuse } from './refusal.ts'

/** Deeper than any value we make, and far from the end of the stack. */
const MAX_DEPTH = 128

const ESCAPED: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t'
}

/** @throws BAD_DATA with the reason and the offset in its details. */
export function parseStrictJson(text: string): unknown {
  let at = 0

  function value(depth: number): unknown {
    if (depth > MAX_DEPTH) return refuse('reject_unsupported_type', `nested deeper than ${MAX_DEPTH} levels`, at)
    skipSpace()
    switch (text[at]) {
      case '{':
        return object(depth)
      case '[':
        return array(depth)
      case '"':
        return string()
      default:
        return scalar()
    }
  }

  function object(depth: number): Record<string, unknown> {
    const members = new Map<string, unknown>()
    list('}', () => {
      skipSpace()
      const start = at
      if (text[at] !== '"') refuse('reject_invalid_json_literal', 'a member starts with its name in quotes', at)
      const name = string()
      if (members.has(name)) refuse('reject_duplicate_keys', `the member ${JSON.stringify(name)} stands twice`, start)
      skipSpace()
      expectCharacter(':')
      members.set(name, value(depth + 1))
    })
    // Defines members one by one, so that a member named __proto__ is data like any other.
    return Object.fromEntries(members)
  }

  function array(depth: number): unknown[] {
    const items: unknown[] = []
    list(']', () => items.push(value(depth + 1)))
    return items
  }

  function list(end: string, item: () => void): void {
    at++
    skipSpace()
    if (text[at] === end) {
      at++
      return
    }
    for (;;) {
      item()
      skipSpace()
      if (text[at] === end) break
      expectCharacter(',')
    }
    at++
  }

  function string(): string {
    const start = at++
    let result = ''
    for (;;) {
      const character = text[at++]
      if (character === undefined) return refuse('reject_invalid_json_literal', 'a string does not end', start)
      if (character === '"') break
      if (character < ' ') refuse('reject_invalid_json_literal', 'a control character stands unescaped', at - 1)
      result += character === '\\' ? escaped() : character
    }
    if (!result.isWellFormed()) refuse('reject_lone_surrogate', 'half of a surrogate pair is no character', start)
    return result
  }

  function escaped(): string {
    const letter = text[at++] ?? ''
    if (letter !== 'u') return ESCAPED[letter] ?? refuse('reject_invalid_json_literal', 'no such escape', at - 1)
    const digits = text.slice(at, at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(digits))
      refuse('reject_invalid_json_literal', 'four hexadecimal digits follow \\u', at)
    at += 4
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  function scalar(): unknown {
    const [token = ''] = /^[^\s,:[\]{}"]*/.exec(text.slice(at, at + 64)) ?? []
    const start = at
    at += token.length
    if (token === 'null') return null
    if (token === 'true' || token === 'false') return token === 'true'
    if (/^-?(NaN|Infinity)$/.test(token)) refuse('reject_nan_infinity', `${token} has no JSON form`, start)
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(token)) {
      refuse('reject_invalid_json_literal', `${JSON.stringify(token)} is no JSON value`, start)
    }
    const number = Number(token)
    if (!Number.isFinite(number)) refuse('reject_nan_infinity', `${token} is beyond every double`, start)
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(number)) {
      refuse('reject_unsafe_integer', `${token} is beyond ±(2^53−1)`, start)
    }
    return number
  }

  function expectCharacter(character: string): void {
    if (text[at] !== character) refuse('reject_invalid_json_literal', `expected ${JSON.stringify(character)}`, at)
    at++
  }

  function skipSpace(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++
  }

  const result = value(0)
  skipSpace()
  if (at < text.length) refuse('reject_invalid_json_literal', 'something follows the value', at)
  return result
}
