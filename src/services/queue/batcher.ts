/**
 * Group commit: operations that come while others are on their way to the store go together in the next batch, so that they share
 * one transaction and one sync.
 */
import { AppError, toAppError } from '../../core/errors.ts'
import type { Committed, Operation, OperationKind, OperationOutcome, Operations, QueueStore, Time } from './store.ts'

/** Bounds what one transaction holds, and so how long a caller waits for its neighbours. */
const MAX_BATCH = 1000

export interface Batcher {
  /** Answers when the operation is durable. Throws the refusal, or what kept the store from answering. */
  run<K extends OperationKind>(kind: K, input: Operations[K]['input']): Promise<Operations[K]['answer']>
  /** Waits until everything taken so far is answered. */
  settled(): Promise<void>
}

export interface BatcherOptions {
  store: Pick<QueueStore, 'commit'>
  time: () => Time
  /** Runs the callback when the current turn of the loop is over: who calls in the same turn shares the batch. */
  defer: (callback: () => void) => void
  onCommitted: (committed: Committed) => void
}

interface Waiting {
  operation: Operation
  settle: (outcome: OperationOutcome) => void
  fail: (error: AppError) => void
}

export function createBatcher({ store, time, defer, onCommitted }: BatcherOptions): Batcher {
  let waiting: Waiting[] = []
  let sending: Promise<void> | undefined

  async function send(): Promise<void> {
    await new Promise<void>(defer)
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH)
      waiting = waiting.slice(MAX_BATCH)
      await commit(batch)
      if (waiting.length === 0) await new Promise<void>(defer)
    }
  }

  async function commit(batch: readonly Waiting[]): Promise<void> {
    let committed: Committed
    try {
      committed = await store.commit(
        batch.map(({ operation }) => operation),
        time()
      )
    } catch (error) {
      const failure = toAppError(error)
      for (const { fail } of batch) fail(failure)
      return
    }
    for (const [index, { settle, fail }] of batch.entries()) {
      const outcome = committed.outcomes[index]
      if (outcome) settle(outcome)
      else fail(new AppError('INTERNAL', 'The store answered fewer operations than it was given'))
    }
    onCommitted(committed)
  }

  return {
    run<K extends OperationKind>(kind: K, input: Operations[K]['input']): Promise<Operations[K]['answer']> {
      return new Promise((resolve, reject) => {
        waiting.push({
          // An operation is its kind and the input of that kind.
          operation: { kind, ...input } as unknown as Operation,
          settle(outcome) {
            if ('refusal' in outcome) {
              const { code, message, ...more } = outcome.refusal
              reject(new AppError(code, message, more))
            } else resolve(outcome.value as Operations[K]['answer'])
          },
          fail: reject
        })
        sending ??= send().finally(() => {
          sending = undefined
        })
      })
    },
    async settled() {
      while (sending) await sending
    }
  }
}
