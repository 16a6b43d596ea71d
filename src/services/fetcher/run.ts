import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'

/** One `get` from its first look-up to the last byte: its one signal, its deadline, and what it must release. */
export interface Run {
  readonly signal: AbortSignal
  /** Takes over a resource: released when the run ends. */
  own<T extends AsyncDisposable>(resource: T): T
  /** Waits for something that cannot be aborted only as long as the run lasts. */
  race<T>(work: Promise<T>): Promise<T>
  abort(reason: unknown): Promise<void>
  /** Idempotent. */
  end(): Promise<void>
}

export function createRun(
  clock: Pick<Clock, 'after'>,
  timeoutMs: number,
  parent: AbortSignal | undefined,
  onEnd: () => void
): Run {
  const controller = new AbortController()
  const { signal } = controller
  const resources = new Set<AsyncDisposable>()
  const onParentAbort = () => controller.abort(parent?.reason)
  parent?.addEventListener('abort', onParentAbort, { once: true })
  const cancelDeadline = clock.after(timeoutMs, () =>
    controller.abort(new AppError('DEADLINE_EXCEEDED', `The URL was not read within its limit of ${timeoutMs} ms`))
  )

  const end = async () => {
    parent?.removeEventListener('abort', onParentAbort)
    cancelDeadline()
    const open = [...resources]
    resources.clear()
    await Promise.all(open.map(resource => resource[Symbol.asyncDispose]()))
    onEnd()
  }

  return {
    signal,
    end,
    own(resource) {
      resources.add(resource)
      return resource
    },
    async race(work) {
      const { promise: aborted, reject } = Promise.withResolvers<never>()
      const onAbort = () => reject(signal.reason)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
      try {
        return await Promise.race([work, aborted])
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
    async abort(reason) {
      controller.abort(reason)
      await end()
    }
  }
}
