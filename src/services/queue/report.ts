/** What a worker reports while it runs a task, cut to what a row keeps. */
import type { Clock } from '../../core/clock.ts'
import type { LogLine, Progress } from './api.ts'
import type { Report } from './store.ts'

const MAX_LINES = 200
const MAX_LINE_LENGTH = 1000

export function reportOf(
  { progress, logs = [] }: { progress?: Progress; logs?: readonly LogLine[] },
  clock: Clock
): Report {
  return {
    progress: progress ? bounded(progress) : null,
    logs: logs.slice(-MAX_LINES).map(({ at, stream, message }) => ({
      at: Number.isFinite(at) ? at : clock.now(),
      stream,
      message: message.slice(0, MAX_LINE_LENGTH)
    }))
  }
}

function bounded({ fraction, message }: Progress): Progress {
  return {
    ...(fraction !== undefined && { fraction: Math.min(1, Math.max(0, fraction)) }),
    ...(message !== undefined && { message: message.slice(0, MAX_LINE_LENGTH) })
  }
}
