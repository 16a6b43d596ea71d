/** Progress of long work, on the last line of a terminal: a bar where the end is known, otherwise a counter. */
import { systemClock } from '../core/clock.ts'
import type { CallOutcome, Invoke, ReportProgress } from '../core/tool.ts'
import { cut, type Look, lookOf, visible } from './look.ts'
import type { Terminal } from './terminal.ts'

/** As fast as a person reads. */
const MIN_INTERVAL_MS = 100
const BAR_COLUMNS = 24
const CLEAR_LINE = '\r\u001b[K'

/** Calls a tool as the user of this process, and shows how far it is. */
export function invokeShown(invoke: Invoke, tool: string, args: object, terminal: Terminal): Promise<CallOutcome> {
  const request = { tool, args, evidence: { kind: 'process' as const }, signal: terminal.stop }
  return withProgress(terminal, progress => invoke({ ...request, ...(progress && { progress }) }))
}

/** Nothing is reported where nobody looks. The line is gone when `work` has ended, or as soon as it is asked to stop. */
export async function withProgress<T>(
  { stderr, env, stop }: Pick<Terminal, 'stderr' | 'env' | 'stop'>,
  work: (progress: ReportProgress | undefined) => Promise<T>,
  clock = systemClock
): Promise<T> {
  if (!stderr.isTTY || env.TERM === 'dumb') return await work(undefined)
  let shownAt = Number.NEGATIVE_INFINITY
  let isOver = false
  const clear = () => {
    isOver = true
    if (shownAt > Number.NEGATIVE_INFINITY) stderr.write(CLEAR_LINE)
    shownAt = Number.NEGATIVE_INFINITY
  }
  const sayStopping = () => {
    clear()
    stderr.write(`Stopping; the same again ends it at once\n`)
  }
  stop.addEventListener('abort', sayStopping, { once: true })
  try {
    return await work((done, total, message) => {
      const now = clock.monotonic()
      if (isOver || now - shownAt < MIN_INTERVAL_MS) return
      shownAt = now
      stderr.write(CLEAR_LINE + progressLine(done, total, message, lookOf(stderr, env)))
    })
  } finally {
    stop.removeEventListener('abort', sayStopping)
    clear()
  }
}

/** One column is left free, so that no terminal goes to the next line. */
function progressLine(done: number, total: number | undefined, message: string | undefined, look: Look): string {
  const room = (look.columns ?? Number.POSITIVE_INFINITY) - 1
  const words = message === undefined ? '' : ` ${visible(message)}`
  if (total === undefined || total <= 0) return cut(`${counter(done)}${words}`, room)
  const share = Math.min(1, Math.max(0, done / total))
  const percent = `${Math.floor(share * 100)} %`.padStart(5)
  if (room <= percent.length) return ''
  const columns = Math.max(0, Math.min(BAR_COLUMNS, room - percent.length - 1))
  const filled = Math.round(columns * share)
  const bar = look.good('█'.repeat(filled)) + look.faint('░'.repeat(columns - filled))
  const left = room - percent.length - 1 - columns
  return `${percent} ${bar}${left > 1 ? cut(words, left) : ''}`
}

const counter = (done: number): string => String(Math.floor(done)).replace(/\B(?=(\d{3})+$)/g, ',')
