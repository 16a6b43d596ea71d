/** Reads each source of settings into entries of one form, and names what it cannot place. */
import { dirname } from 'node:path'
import { AppError, type Issue } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import { OTEL_VARIABLES } from './otel.ts'
import { isRetiredKey, type Meaning, PYTHON_KEYS, PYTHON_VARIABLES } from './python.ts'
import { ENV_PREFIX, isKey, KEYS, type Key, settingOf, variableOf } from './settings.ts'
import { TOKEN_VARIABLES } from './token.ts'

export interface Entry {
  key: Key
  value: unknown
  /** Where it came from, for messages: `config.yaml:server.port`, a variable, or a flag. */
  source: string
  /** Where relative paths in it start. */
  base: string
}

/** Later entries outweigh earlier ones. */
export interface Layer {
  entries: Entry[]
  issues: Issue[]
}

export type Flags = Record<string, string | boolean | undefined>
export type Environment = Record<string, string | undefined>

/** Flags that stand for a value of another. */
const SHORTHANDS: Record<string, [Key, string]> = {
  debug: ['server.log_level', 'debug'],
  stdio: ['server.transport', 'stdio'],
  http: ['server.transport', 'http']
}

export const CONFIG_VARIABLE = `${ENV_PREFIX}CONFIG`

export function readFlags(flags: Flags, base: string): Layer {
  const byFlag = new Map(KEYS.filter(isKey).map(key => [settingOf(key).flag, key]))
  const layer: Layer = { entries: [], issues: [] }
  for (const [flag, given] of Object.entries(flags)) {
    const source = `--${flag}`
    const [key, value] = SHORTHANDS[flag] ?? [byFlag.get(flag), given]
    if (given === undefined || given === false || flag === 'config') continue
    if (key) layer.entries.push(entry(key, value, source, base))
    else
      layer.issues.push(
        unknown(
          source,
          flag,
          [...byFlag.keys(), 'config'].filter(name => name !== undefined)
        )
      )
  }
  return layer
}

export function readEnvironment(env: Environment, base: string): Layer {
  const spellings = KEYS.filter(isKey).flatMap(
    key =>
      [
        [variableOf(key), key],
        [variableOf(key, '__'), key]
      ] as const
  )
  const byVariable = new Map<string, Key>(spellings)
  const layer: Layer = { entries: [], issues: [] }
  for (const [name, meaning] of Object.entries({ ...PYTHON_VARIABLES, ...OTEL_VARIABLES })) {
    if (env[name] === undefined || env[name] === '') continue
    const entries = converted(meaning, env[name], name, base, env)
    const contrary = meaning.mustAgree && layer.entries.find(other => contradicts(other, entries))
    if (contrary)
      layer.issues.push({ path: name, message: `says something else than ${contrary.source}; keep one of them` })
    else layer.entries.push(...entries)
  }
  for (const [name, value] of Object.entries(env)) {
    if (
      !name.startsWith(ENV_PREFIX) ||
      name === CONFIG_VARIABLE ||
      TOKEN_VARIABLES.includes(name) ||
      value === undefined
    )
      continue
    const key = byVariable.get(name)
    if (key) layer.entries.push(entry(key, value, name, base))
    else layer.issues.push(unknown(name, name, [...byVariable.keys(), CONFIG_VARIABLE, ...TOKEN_VARIABLES]))
  }
  return layer
}

/** The settings in a YAML file. CONFIG_INVALID if it cannot be read as such. */
export async function readConfigFile(path: string, readFile: (path: string) => Promise<string>): Promise<Layer> {
  const layer: Layer = { entries: [], issues: [] }
  const root = await parseFile(path, readFile)
  if (root === null) return layer
  if (!isMapping(root)) throw invalidFile(path, 'it must hold settings as "key: value" lines')
  for (const [key, value] of flatten(root, '')) {
    const source = `${path}:${key}`
    const meaning = Object.hasOwn(PYTHON_KEYS, key) ? PYTHON_KEYS[key] : isKey(key) ? { key } : undefined
    if (meaning) layer.entries.push(...converted(meaning, value, source, dirname(path)))
    else if (isRetiredKey(key)) layer.issues.push({ path: source, message: 'means nothing to this server; remove it' })
    else if (value !== null) layer.issues.push(unknown(source, key, KEYS))
  }
  return layer
}

async function parseFile(path: string, readFile: (path: string) => Promise<string>): Promise<unknown> {
  const content = await readFile(path).catch(cause => {
    throw invalidFile(path, 'it cannot be read', cause)
  })
  const { parse } = await import('yaml')
  try {
    return parse(content, { prettyErrors: true, logLevel: 'error' })
  } catch (cause) {
    throw invalidFile(path, cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'it is no YAML', cause)
  }
}

function* flatten(mapping: object, prefix: string): Generator<[string, unknown]> {
  for (const [name, value] of Object.entries(mapping)) {
    if (isMapping(value)) yield* flatten(value, `${prefix}${name}.`)
    else yield [prefix + name, value]
  }
}

function contradicts(one: Entry, others: Entry[]): boolean {
  return others.some(({ key, value }) => key === one.key && String(value) !== String(one.value))
}

function converted(
  { key, convert }: Meaning,
  given: unknown,
  source: string,
  base: string,
  env: Environment = {}
): Entry[] {
  const value = convert && given !== null ? convert(given, env) : given
  return value === undefined || value === null ? [] : [entry(key, value, source, base)]
}

function entry(key: Key, value: unknown, source: string, base: string): Entry {
  return { key, value, source, base }
}

function unknown(path: string, name: string, known: string[]): Issue {
  // A group without its settings, or a setting without its group, is likelier than a typing error.
  const related = known.find(key => key.startsWith(`${name}.`) || key.endsWith(`.${name}`))
  const suggestion = related ?? nearest(name, known)
  return { path, message: 'is not a setting', ...(suggestion && { suggestion }) }
}

function invalidFile(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('CONFIG_INVALID', `The configuration file ${path} is not usable: ${reason}`, {
    issues: [{ path, message: reason }],
    ...(cause !== undefined && { cause })
  })
}

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
