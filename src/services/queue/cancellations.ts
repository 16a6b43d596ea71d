/** The requests to cancel what one worker runs, as a stream. */
import type { Cancellation, TaskChange } from './api.ts'

/** Ends quietly when the signal is aborted. */
export async function* cancellationsOf(
  listen: (listener: (change: TaskChange) => void) => () => void,
  workerId: string,
  signal: AbortSignal
): AsyncGenerator<Cancellation> {
  const waiting: Cancellation[] = []
  let wake = () => {}
  const stopListening = listen(change => {
    const isForced = change.event === 'finished' && change.status === 'cancelled'
    if (change.workerId !== workerId || !(change.event === 'cancel-requested' || isForced)) return
    waiting.push({ taskId: change.taskId })
    wake()
  })
  const onAbort = () => wake()
  signal.addEventListener('abort', onAbort)
  try {
    while (!signal.aborted) {
      const next = waiting.shift()
      if (next) yield next
      else {
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    }
  } finally {
    stopListening()
    signal.removeEventListener('abort', onAbort)
  }
}
