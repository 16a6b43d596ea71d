/** Applies a batch of operations to tables: the one place where operations meet rows, in every store. */
import { AppError } from '../../../core/errors.ts'
import type { TaskChange } from '../api.ts'
import type { Committed, Operation, OperationOutcome, Operations, Refusal, Time } from '../store.ts'
import type { Tables } from '../tables.ts'
import { claim } from './claim.ts'
import { cancel, clear, pause, remove, reprioritize, resume } from './operate.ts'
import { complete, heartbeat, release } from './settle.ts'
import { retry, submit } from './submit.ts'
import { nextSweep, sweep } from './sweep.ts'
import type { Transaction } from './transaction.ts'
import { registerWorker, unregisterWorker } from './workers.ts'

/** Runs inside a transaction of the store. An operation checks everything before it changes anything, so a refused one leaves no trace. */
export function execute(tables: Tables, batch: readonly Operation[], time: Time): Committed {
  const changes: TaskChange[] = []
  const tx: Transaction = { tables, time, changes }
  const outcomes = batch.map(operation => attempt(tx, operation))
  return { outcomes, changes, due: nextSweep(tx) }
}

function attempt(tx: Transaction, operation: Operation): OperationOutcome {
  try {
    return { value: apply(tx, operation) }
  } catch (error) {
    if (error instanceof AppError) return { refusal: refusalOf(error) }
    throw error
  }
}

function apply(tx: Transaction, operation: Operation): Operations[Operation['kind']]['answer'] {
  switch (operation.kind) {
    case 'submit':
      return submit(tx, operation)
    case 'claim':
      return claim(tx, operation.terms)
    case 'heartbeat':
      return heartbeat(tx, operation)
    case 'complete':
      return complete(tx, operation)
    case 'release':
      return release(tx, operation)
    case 'cancel':
      return cancel(tx, operation)
    case 'reprioritize':
      return reprioritize(tx, operation)
    case 'retry':
      return retry(tx, operation)
    case 'remove':
      return remove(tx, operation)
    case 'pause':
      return pause(tx, operation)
    case 'resume':
      return resume(tx)
    case 'clear':
      return clear(tx, operation)
    case 'registerWorker':
      return registerWorker(tx, operation)
    case 'unregisterWorker':
      return unregisterWorker(tx, operation)
    case 'sweep':
      return sweep(tx, operation)
  }
}

function refusalOf({ code, message, issues, details }: AppError): Refusal {
  return { code, message, ...(issues && { issues }), ...(details && { details }) }
}
