/** How things look: colours only where somebody sees them, widths, and text that can do nothing to a terminal. */
import { styleText } from 'node:util'
import type { Screen, Terminal } from './terminal.ts'

export interface Look {
  /** How wide the terminal is; undefined where there is none, and then nothing is cut. */
  columns: number | undefined
  title(text: string): string
  good(text: string): string
  warn(text: string): string
  bad(text: string): string
  faint(text: string): string
}

const USUAL_COLUMNS = 80

export function lookOf(screen: Screen, env: Terminal['env']): Look {
  const isColoured = wantsColour(screen, env)
  // Whether there is colour is decided here, by the streams and the environment that the command was given.
  const paint = (style: Parameters<typeof styleText>[0]) => (text: string) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text
  return {
    columns: screen.isTTY ? screen.columns || USUAL_COLUMNS : undefined,
    title: paint('bold'),
    good: paint('green'),
    warn: paint('yellow'),
    bad: paint(['red', 'bold']),
    faint: paint('dim')
  }
}

/** As Node has it: FORCE_COLOR decides, then NO_COLOR, then whether it is a terminal that knows colours. */
function wantsColour({ isTTY = false }: Screen, { FORCE_COLOR: forced, NO_COLOR, TERM }: Terminal['env']): boolean {
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return isTTY && !NO_COLOR && TERM !== 'dumb'
}

/** What controls a terminal, or turns the order of text about, stands there as its code. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, character => {
    const short = SHORT[character]
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** The same, of text whose lines are meant. */
export const visibleLines = (text: string): string => text.split('\n').map(visible).join('\n  ')

const SHORT: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' }

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u
const JOINED = /[\p{M}\u200b-\u200d]/u

/** Columns that a text takes, as most terminals count; `text` has no control characters. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** The beginning of a text, with an ellipsis where it does not take `columns` or fewer. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  if (columns < 1) return ''
  let kept = ''
  let width = 1
  for (const character of text) {
    width += columnsOf(character)
    if (width > columns) break
    kept += character
  }
  return `${kept}…`
}

// A segmenter would know clusters better; the first one of a process costs more than the rest of a command.
const columnsOf = (character: string): number => (WIDE.test(character) ? 2 : JOINED.test(character) ? 0 : 1)

const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)
