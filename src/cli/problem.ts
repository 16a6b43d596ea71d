/** A failure for people: what went wrong, where, what would be right, and the next step. With `--json`, its envelope for programs. */
import type { ErrorCode } from '../core/errors.ts'
import type { Problem } from './failed-call.ts'
import { cut, lookOf, visible, visibleLines } from './look.ts'
import { EXIT, type ExitCode, type Terminal } from './terminal.ts'

const LONGEST_DETAIL = 200

/** `next` is a command. Answers the code that the program exits with. */
export function printProblem(
  problem: Problem,
  { isJson, next }: { isJson: boolean; next: string | undefined },
  { stdout, stderr, env, stop }: Terminal
): ExitCode {
  const signal: unknown = stop.reason
  const isStopped = stop.aborted && problem.error === 'CANCELLED'
  if (isJson) {
    stdout.write(`${JSON.stringify(problem, undefined, 2)}\n`)
  } else if (isStopped) {
    stderr.write('Cancelled\n')
  } else {
    const { bad, title } = lookOf(stderr, env)
    const told = [`${bad(problem.error)}  ${visibleLines(problem.message)}`, ...facts(problem)]
    if (next !== undefined) told.push(`Next: ${title(next)}`)
    stderr.write(told.map(line => `${line}\n`).join(''))
  }
  if (isStopped && (signal === 'SIGHUP' || signal === 'SIGINT' || signal === 'SIGTERM')) return EXIT[signal]
  return problem.error === 'CONFIG_INVALID' ? EXIT.usage : EXIT.failed
}

function facts({ error, message, issues = [], details = {}, retryable, request_id }: Problem): string[] {
  const faults = issues
    .filter(issue => !message.includes(issue.message))
    .map(({ path, message, suggestion = '' }) => {
      const place = path.replace(/^\//, '').replaceAll('/', '.')
      const right = message.includes(suggestion) ? '' : `; try ${suggestion}`
      return `  ${visible(`${place === '' ? '' : `${place}: `}${message}${right}`)}`
    })
  const told = Object.entries(details)
    .filter(([name, value]) => name !== 'nearest' && value !== null && value !== undefined)
    .map(([name, value]) => `  ${name.replaceAll('_', ' ')}: ${cut(visible(detailText(value)), LONGEST_DETAIL)}`)
  const again = retryable && !SELDOM_BETTER.has(error) ? ['  The same again may succeed'] : []
  const log = error === 'INTERNAL' && request_id ? [`  The log has it under ${request_id}`] : []
  return [...faults, ...told, ...again, ...log]
}

/** What somebody has to do first, which the message says. */
const SELDOM_BETTER: ReadonlySet<ErrorCode> = new Set([
  'SERVICE_UNAVAILABLE',
  'STORAGE_FULL',
  'INPUT_REQUIRED',
  'CANCELLED'
])

function detailText(value: unknown): string {
  if (Array.isArray(value) && value.every(item => typeof item !== 'object')) return value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
