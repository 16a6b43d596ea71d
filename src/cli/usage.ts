/** What is wrong with a command line, and the nearest that would be right. */
import { nearest } from '../core/nearest.ts'
import { COMMON_OPTIONS } from './options.ts'
import { type Command, UsageError } from './terminal.ts'

/** Of every command, beside the settings. */
const EVERYWHERE = ['--help', '--no-color']

/** Every option of a command, as its help names them. */
export function optionsOf({ help }: Command): string[] {
  const own = help.match(/--[a-z][a-z-]*/g) ?? []
  return [...new Set([...own, ...Object.keys(COMMON_OPTIONS).map(name => `--${name}`), ...EVERYWHERE])]
}

/** `what` is a noun: a command, a client. */
export function unknownWord(what: string, word: string, known: readonly string[]): UsageError {
  const all = `One of ${known.join(', ')}`
  if (word === '') return new UsageError(`Which ${what}? ${all}`)
  const near = nearest(word, known)
  return new UsageError(`There is no ${what} "${word}"${near === undefined ? '.' : `; did you mean "${near}"?`} ${all}`)
}

/** The value of an option that takes a number. */
export function numberOf(option: string, text: string): number {
  const number = Number(text)
  if (text.trim() !== '' && Number.isFinite(number)) return number
  throw new UsageError(`${option} takes a number, and "${text}" is none`)
}

/** What Node's parser of options complains of, in words of ours; undefined for any other error. */
export function usageFault(error: unknown, command: Command | undefined): string | undefined {
  if (error instanceof UsageError) return error.message
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) return undefined
  const option = error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'(-[^']*)'/.exec(error.message)?.[1] : undefined
  if (option === undefined || command === undefined) return error.message
  const near = nearest(option, optionsOf(command))
  return `There is no option ${option}${near === undefined ? '' : `; did you mean ${near}?`}`
}
