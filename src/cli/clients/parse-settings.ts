/** Reads the text of a client's settings, or says where it is not what the client could read. */
import type { ParseError } from 'jsonc-parser'
import { AppError } from '../../core/errors.ts'
import type { SettingsFormat } from './clients.ts'

export type Settings = Record<string, unknown>

/** Empty text holds no settings. @throws BAD_DATA that names the place. */
export async function parseSettings(text: string, format: SettingsFormat, path: string): Promise<Settings> {
  if (text.trim() === '') return {}
  const value = format === 'toml' ? await parseToml(text, path) : await parseJsonSettings(text, format, path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw broken(path, 'it must hold one object')
}

async function parseToml(text: string, path: string): Promise<unknown> {
  const { parse } = await import('smol-toml')
  try {
    // Its tables have no prototype, which would make them unequal to what they are compared with.
    return structuredClone(parse(text))
  } catch (cause) {
    const [said = ''] = cause instanceof Error ? cause.message.split('\n') : []
    throw broken(path, said || 'it is no TOML', cause)
  }
}

async function parseJsonSettings(text: string, format: SettingsFormat, path: string): Promise<unknown> {
  const { parse, printParseErrorCode } = await import('jsonc-parser')
  const isStrict = format === 'json'
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { disallowComments: isStrict, allowTrailingComma: !isStrict })
  const [first] = errors
  if (!first) return value
  const before = text.slice(0, first.offset).split('\n')
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
  throw broken(path, `${printParseErrorCode(first.error)} at ${place}`)
}

function broken(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('BAD_DATA', `${path} cannot be read: ${reason}; mend it by hand, nothing was changed`, {
    issues: [{ path, message: reason }],
    ...(cause !== undefined && { cause })
  })
}
