/**
 * Tokens without a model's own table, which differs from model to model: a piece of up to six letters, up to three digits, one
 * character of a script without spaces between words, or one sign. A model may count some more or some less.
 */
import type { Span } from './spans.ts'

const TOKEN =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]|\p{N}{1,3}|(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}])[\p{L}\p{M}]){1,6}|\S/gu

export function tokensOf(text: string): Span[] {
  return Array.from(text.matchAll(TOKEN), ({ index, 0: token }) => ({ start: index, end: index + token.length }))
}
