/** The parameters of a call as words of a command line, read by the schema of the tool, and written so that they read back. */
import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from '../core/catalog.ts'
import { UsageError } from './terminal.ts'

type Args = Record<string, unknown>
/** Text of a file, or of standard input for `-`. */
export type ReadText = (path: string) => Promise<string>

/** `{…}` and `@file` are all parameters as JSON, `key=value` and `key=@file` one; later words win. */
export async function readArguments(words: readonly string[], schema: JsonSchema, readText: ReadText): Promise<Args> {
  const args: Args = {}
  for (const word of words) {
    if (word.startsWith('{')) Object.assign(args, parseObject(word, 'This'))
    else if (word.startsWith('@')) Object.assign(args, parseObject(await readText(word.slice(1)), word))
    else {
      const [key, text] = split(word)
      const isFile = text.startsWith('@')
      args[key] = readValue(key, isFile ? await readText(text.slice(1)) : text, memberOf(schema, key))
    }
  }
  return args
}

/** The words that `readArguments` reads as these arguments. */
export function argumentWords(args: Args, schema: JsonSchema): string[] {
  const rest: Args = {}
  const pairs: string[] = []
  for (const [key, value] of Object.entries(args)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    if (readsBack(key, text, value, schema)) pairs.push(`${key}=${text}`)
    else rest[key] = value
  }
  return Object.keys(rest).length > 0 ? [JSON.stringify(rest), ...pairs] : pairs
}

function readsBack(key: string, text: string, value: unknown, schema: JsonSchema): boolean {
  if (text.startsWith('@') || !/^[^{@=][^=]*$/.test(key)) return false
  try {
    return isDeepStrictEqual(readValue(key, text, memberOf(schema, key)), value)
  } catch {
    return false
  }
}

function split(word: string): [key: string, text: string] {
  const at = word.indexOf('=')
  if (at > 0) return [word.slice(0, at), word.slice(at + 1)]
  throw new UsageError(
    `"${word}" is not key=value; all parameters at once are a JSON object: '{"source": "people.csv"}'`
  )
}

interface Member {
  type?: unknown
  anyOf?: unknown
}

function memberOf(schema: JsonSchema, key: string): Member {
  const members = Object(schema.properties)
  return Object.hasOwn(members, key) ? Object(members[key]) : {}
}

/** Text stays text where the schema takes text, unless it is an object or a list and the schema takes more than text. */
function readValue(key: string, text: string, { type, anyOf }: Member): unknown {
  const forms: unknown[] = Array.isArray(anyOf) ? anyOf.map(form => Object(form).type) : [type]
  const takesText = forms.includes('string')
  if (takesText && forms.length === 1) return text
  const parsed = parseJson(text)
  if (takesText) return typeof parsed === 'object' ? parsed : text
  if (parsed === undefined && /^\s*[[{]/.test(text)) {
    throw new UsageError(
      `${key} takes JSON, and this is none: ${text.slice(0, 80)}\nIn a shell it stands in quotes: '${key}={"a": 1}'`
    )
  }
  return parsed ?? text
}

function parseObject(text: string, name: string): object {
  const value = parseJson(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new UsageError(`${name} is not a JSON object; one looks like '{"source": "people.csv"}'`)
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
