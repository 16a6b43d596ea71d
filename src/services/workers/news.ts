/** What a task says while it runs, until the next heartbeat or the completion takes it along. */
import type { Clock } from '../../core/clock.ts'
import type { LogLine, Progress } from '../queue/api.ts'

/** A queue keeps no more of a task. */
const MAX_LINES = 200

export interface Report {
  progress?: Progress
  logs?: readonly LogLine[]
}

export interface News {
  progress(progress: Progress): void
  log(message: string, stream?: LogLine['stream']): void
  readonly isWaiting: boolean
  /** All that came since the last time. */
  take(): Report
  /** For a report that did not arrive; what came after it stands. */
  giveBack(report: Report): void
  /** Called whenever there is something new. */
  onNews: () => void
}

export function createNews(clock: Clock): News {
  let progress: Progress | undefined
  let logs: LogLine[] = []
  const news: News = {
    onNews: () => {},
    get isWaiting() {
      return progress !== undefined || logs.length > 0
    },
    progress(next) {
      progress = next
      news.onNews()
    },
    log(message, stream = 'log') {
      logs.push({ at: clock.now(), stream, message })
      if (logs.length > MAX_LINES) logs.shift()
      news.onNews()
    },
    take() {
      const report = { ...(progress && { progress }), ...(logs.length > 0 && { logs }) }
      progress = undefined
      logs = []
      return report
    },
    giveBack(report) {
      progress ??= report.progress
      logs = [...(report.logs ?? []), ...logs].slice(-MAX_LINES)
    }
  }
  return news
}
