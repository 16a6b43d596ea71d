/** Log lines. Everything that the server says about itself goes through here: one JSON object a line, or text for people. */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type LogFormat = 'json' | 'text'
export type LogFields = Record<string, unknown>

export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log that adds these fields to every line. */
  with(fields: LogFields): Log
  /** From now on, for every log that was made of the same one; absent where somebody else decides. */
  setLevel?(level: LogLevel): void
}

type Line = { time: string; level: LogLevel; message: string } & LogFields

/** A log that hands each finished line, newline included, to `write`. */
export function createLog(
  level: LogLevel,
  write: (line: string) => void,
  now: () => number = Date.now,
  format: LogFormat = 'json'
): Log {
  let threshold = LOG_LEVELS.indexOf(level)
  const textOf = format === 'json' ? jsonText : plainText

  const build = (bound: LogFields): Log => {
    const emit = (name: LogLevel, message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(name) < threshold) return
      const line = { time: new Date(now()).toISOString(), level: name, message, ...bound, ...fields }
      write(`${textOf(line)}\n`)
    }
    return {
      debug: (message, fields) => emit('debug', message, fields),
      info: (message, fields) => emit('info', message, fields),
      warn: (message, fields) => emit('warn', message, fields),
      error: (message, fields) => emit('error', message, fields),
      with: fields => build({ ...bound, ...fields }),
      setLevel(next) {
        threshold = LOG_LEVELS.indexOf(next)
      }
    }
  }
  return build({})
}

function jsonText(line: Line): string {
  return JSON.stringify(line, plainErrors)
}

/** Time, level and message first; then the fields, and the stack of an error below. */
function plainText({ time, level, message, error, ...fields }: Line): string {
  const shown = Object.entries({ ...fields, ...(!(error instanceof Error) && error !== undefined && { error }) })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${fieldText(value)}`)
  const below = error instanceof Error ? `\n${indented(describe(error))}` : ''
  return `${time} ${level.toUpperCase().padEnd(5)} ${printable(message)}${shown.join('')}${below}`
}

function fieldText(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=\p{C}]+$/u.test(value)) return value
  return printable(JSON.stringify(value, plainErrors) ?? String(value))
}

function describe(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  if (error.cause === undefined) return own
  return `${own}\ncaused by ${error.cause instanceof Error ? describe(error.cause) : String(error.cause)}`
}

function indented(text: string): string {
  return text
    .split('\n')
    .map(line => `    ${printable(line)}`)
    .join('\n')
}

/** What others wrote must neither move the cursor of a terminal nor look like a line of ours. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, character => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** Errors have no enumerable fields, so JSON would lose them; the log keeps stack and causes. */
function plainErrors(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (!(value instanceof Error)) return value
  return {
    name: value.name,
    message: value.message,
    stack: value.stack,
    ...('code' in value && { code: value.code }),
    ...(value.cause !== undefined && { cause: value.cause })
  }
}

/** For code that is handed a log but must stay quiet. */
export const silentLog: Log = createLog('silent', () => {})
