/**
 * Structured concurrency. A TaskScope owns the tasks started in it:
 * no task outlives its scope; the first failure aborts the siblings and is reported with theirs; a deadline and a limit
 * belong to the scope; leaving the scope waits until every task has settled.
 */
import type { Clock } from './clock.ts'
import { AppError } from './errors.ts'

export interface TaskScopeOptions {
  /** Aborting it aborts the scope. */
  parent?: AbortSignal
  /** How many tasks run at once; more wait their turn. Unlimited by default. */
  limit?: number
  /** Aborts the scope with DEADLINE_EXCEEDED after this time. Needs `clock`. */
  timeoutMs?: number
  clock?: Clock
}

export class TaskScope implements AsyncDisposable {
  readonly #controller = new AbortController()
  readonly #running = new Set<Promise<unknown>>()
  readonly #failures: unknown[] = []
  readonly #limit: number
  readonly #release: () => void
  #turns: (() => void)[] = []
  #active = 0
  #closed = false

  constructor(options: TaskScopeOptions = {}) {
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY
    const { parent, timeoutMs, clock } = options
    const onParentAbort = () => this.abort(parent?.reason)
    if (parent?.aborted) onParentAbort()
    else parent?.addEventListener('abort', onParentAbort, { once: true })
    const cancelDeadline =
      timeoutMs !== undefined && clock
        ? clock.after(timeoutMs, () =>
            this.abort(new AppError('DEADLINE_EXCEEDED', `Not finished within its limit of ${timeoutMs} ms`))
          )
        : undefined
    this.#release = () => {
      parent?.removeEventListener('abort', onParentAbort)
      cancelDeadline?.()
    }
  }

  /** Aborted when the scope is: by a failure, its parent, its deadline, or `abort`. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason ?? new AppError('CANCELLED', 'The scope was aborted'))
    const turns = this.#turns
    this.#turns = []
    for (const turn of turns) turn()
  }

  /**
   * Starts a task. Its promise may be awaited or left: the scope waits for it and reports its failure either way.
   * @throws CANCELLED when the scope has been left.
   */
  run<T>(task: (signal: AbortSignal) => Promise<T> | T): Promise<T> {
    if (this.#closed) return Promise.reject(new AppError('CANCELLED', 'The scope has ended; no task can start in it'))
    const promise = this.#admit(task)
    const settled = promise.catch(error => {
      this.#failures.push(error)
      this.abort(error)
    })
    this.#running.add(settled)
    void settled.then(() => this.#running.delete(settled))
    return promise
  }

  /** Waits for every task. @throws the failure, or an AggregateError of all of them in the order they happened. */
  async join(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
    // A sibling that stopped because of the abort threw the very same reason and says nothing new.
    const failures = [...new Set(this.#failures)]
    if (failures.length === 1) throw failures[0]
    if (failures.length > 1) throw new AggregateError(failures, `${failures.length} tasks failed`)
  }

  /** Aborts what still runs and waits for it. A normal leave joins first, so that failures are thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    if (this.#running.size > 0) this.abort(new AppError('CANCELLED', 'The scope was left'))
    while (this.#running.size > 0) await Promise.all(this.#running)
    this.#release()
  }

  async #admit<T>(task: (signal: AbortSignal) => Promise<T> | T): Promise<T> {
    if (this.#active >= this.#limit) {
      await new Promise<void>(resolve => {
        this.#turns.push(resolve)
      })
    }
    this.signal.throwIfAborted()
    this.#active++
    try {
      return await task(this.signal)
    } finally {
      this.#active--
      this.#turns.shift()?.()
    }
  }
}
