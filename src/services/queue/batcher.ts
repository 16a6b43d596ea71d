/**
 * Group commit: operations of one turn of the loop, and all that come while others are on their way to the store, go together, so
 * that they share one transaction and one sync. A large group goes in parts, so that the store begins while the loop makes the rest.
 */
import { AppError, toAppError } from '../../core/errors.ts'
import type { Committed, Operation, OperationKind, OperationOutcome, Operations, QueueStore, Time } from './store.ts'

/** Bounds what one call of the store holds, and so how long a caller waits for its neighbours. */
const MAX_BATCH = 1000
/** So many do not wait for the end of the turn. */
const PART = 16

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
  const waiting: Waiting[] = []
  let sending: Promise<void> | undefined
  /** Of the group of this turn, which can still grow. */
  let parts: Promise<void>[] | undefined

  async function send(): Promise<void> {
    while (waiting.length > 0) {
      const group: Promise<void>[] = []
      parts = group
      sendParts(group, PART)
      await new Promise<void>(defer)
      parts = undefined
      sendParts(group, MAX_BATCH)
      group.push(commit(waiting.splice(0), false))
      await Promise.all(group)
    }
    sending = undefined
  }

  /** Leaves something for the last part, which ends the group. */
  function sendParts(group: Promise<void>[], size: number): void {
    while (waiting.length > size) group.push(commit(waiting.splice(0, size), true))
  }

  async function commit(batch: readonly Waiting[], isMoreComing: boolean): Promise<void> {
    let committed: Committed
    try {
      committed = await store.commit(
        batch.map(({ operation }) => operation),
        time(),
        { isMoreComing }
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
        if (parts) sendParts(parts, PART)
        sending ??= send()
      })
    },
    async settled() {
      while (sending) await sending
    }
  }
}
