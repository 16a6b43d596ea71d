/** The way to the collector: each message has its time, and the log hears once that it cannot be reached and once that it can again. */
import type { Clock } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { Delivered, Post } from './post.ts'

const SEND_LIMIT_MS = 10_000

export interface Link {
  /** Never rejects. */
  send(path: string, body: object): Promise<Delivered>
  /** Counts what could not be kept until it was sent. */
  drop(spans: number): void
  /** Gives up what is under way; nothing is sent after it. */
  close(): void
}

export function createLink({
  endpoint,
  post,
  clock,
  log
}: {
  endpoint: string
  post: Post
  clock: Clock
  log: Log
}): Link {
  const closing = new AbortController()
  let isDown = false
  let dropped = 0

  function note(delivered: Delivered): void {
    if (delivered.kind === 'taken' && isDown) {
      log.info('the telemetry collector takes messages again', { dropped_spans: dropped })
      dropped = 0
    }
    if (delivered.kind !== 'taken' && !isDown) {
      log.warn('the telemetry collector does not take what it is sent; calls go on without it', {
        reason: delivered.reason
      })
    }
    isDown = delivered.kind !== 'taken'
  }

  return {
    async send(path, body) {
      if (closing.signal.aborted) return { kind: 'refused', reason: 'Telemetry has stopped' }
      const late = new AbortController()
      const forget = clock.after(SEND_LIMIT_MS, () => late.abort())
      const giveUp = () => late.abort()
      closing.signal.addEventListener('abort', giveUp)
      const delivered = await post(endpoint + path, body, late.signal).finally(() => {
        forget()
        closing.signal.removeEventListener('abort', giveUp)
      })
      note(
        late.signal.aborted && delivered.kind === 'later' ? { ...delivered, reason: 'no answer in time' } : delivered
      )
      return delivered
    },
    drop(spans) {
      dropped += spans
    },
    close: () => closing.abort()
  }
}
