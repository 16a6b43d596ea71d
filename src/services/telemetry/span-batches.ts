/** Ended spans on their way to the collector: in batches, after a while or when there are many; bounded while it does not take them. */
import type { Clock } from '../../core/clock.ts'
import type { EndedSpan } from '../../protocol/telemetry/otlp.ts'
import type { Delivered } from './post.ts'

/** As the SDKs of OpenTelemetry have them. */
export const MAX_WAITING = 2048
export const BATCH_SPANS = 512
const BATCH_MS = 5000

const FIRST_RETRY_MS = 1000
const MAX_RETRY_MS = 60_000

export interface SpanBatchesOptions {
  send: (spans: readonly EndedSpan[]) => Promise<Delivered>
  onDropped: (spans: number) => void
  clock: Clock
  batchMs?: number | undefined
}

export interface SpanBatches {
  add(span: EndedSpan): void
  /** Sends all that waits, until the collector does not take it. */
  flush(): Promise<void>
}

export function createSpanBatches({ send, onDropped, clock, batchMs = BATCH_MS }: SpanBatchesOptions): SpanBatches {
  let waiting: EndedSpan[] = []
  let sending: Promise<void> | undefined
  let cancelTimer: (() => void) | undefined
  let retryMs = FIRST_RETRY_MS
  /** While the collector does not take any, many waiting are no reason to ask it sooner. */
  let isHeldBack = false

  async function sendBatch(): Promise<void> {
    const batch = waiting.splice(0, BATCH_SPANS)
    const delivered = await send(batch)
    isHeldBack = delivered.kind === 'later'
    if (delivered.kind === 'refused') onDropped(batch.length)
    if (delivered.kind !== 'later') {
      retryMs = FIRST_RETRY_MS
      return
    }
    waiting = [...batch, ...waiting]
    const surplus = waiting.splice(MAX_WAITING).length
    if (surplus > 0) onDropped(surplus)
    setTimer(delivered.afterMs ?? retryMs)
    retryMs = Math.min(MAX_RETRY_MS, retryMs * 2)
  }

  function begin(): Promise<void> {
    cancelTimer?.()
    cancelTimer = undefined
    sending ??= sendBatch().finally(() => {
      sending = undefined
      schedule()
    })
    return sending
  }

  function setTimer(delayMs: number): void {
    cancelTimer ??= clock.after(Math.min(delayMs, MAX_RETRY_MS), () => {
      cancelTimer = undefined
      void begin()
    })
  }

  function schedule(): void {
    if (waiting.length === 0 || sending || cancelTimer) return
    if (waiting.length >= BATCH_SPANS && !isHeldBack) void begin()
    else setTimer(batchMs)
  }

  return {
    add(span) {
      if (waiting.length >= MAX_WAITING) return onDropped(1)
      waiting.push(span)
      // A full batch does not wait for the timer of a small one.
      if (waiting.length >= BATCH_SPANS && !sending && !isHeldBack) void begin()
      else schedule()
    },
    async flush() {
      isHeldBack = false
      while (!isHeldBack && (sending || waiting.length > 0)) await (sending ?? begin())
      cancelTimer?.()
      cancelTimer = undefined
    }
  }
}
