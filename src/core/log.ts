/** Structured log lines. Everything that the server says about itself goes through here, one JSON object a line. */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

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

/** A log that hands each finished line, newline included, to `write`. */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => number = Date.now): Log {
  let threshold = LOG_LEVELS.indexOf(level)

  const build = (bound: LogFields): Log => {
    const emit = (name: LogLevel, message: string, fields: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(name) < threshold) return
      const line = { time: new Date(now()).toISOString(), level: name, message, ...bound, ...fields }
      write(`${JSON.stringify(line, plainErrors)}\n`)
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
