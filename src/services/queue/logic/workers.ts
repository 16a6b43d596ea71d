/** Workers as the queue knows them. */
import { AppError } from '../../../core/errors.ts'
import type { Operations } from '../store.ts'
import { giveBack } from './attempts.ts'
import { isOwner, notYours } from './claim.ts'
import type { Transaction } from './transaction.ts'

/** Registering again renews what is known and keeps what was counted. */
export function registerWorker(
  { tables }: Transaction,
  { worker }: Operations['registerWorker']['input']
): Operations['registerWorker']['answer'] {
  const known = tables.worker(worker.workerId)
  if (known && !isOwner(known, worker.principal)) throw notYours(worker.workerId)
  const row = known ? { ...worker, completed: known.completed, failed: known.failed } : worker
  tables.putWorker(row)
  return { worker: row }
}

export function unregisterWorker(
  tx: Transaction,
  { workerId, graceful, principal }: Operations['unregisterWorker']['input']
): Operations['unregisterWorker']['answer'] {
  const { tables } = tx
  const known = tables.worker(workerId)
  if (!known) throw new AppError('NOT_FOUND', `There is no worker "${workerId}"`)
  if (!isOwner(known, principal)) throw notYours(workerId)
  const running = tables.runningOf(workerId)
  if (!graceful) for (const row of running) giveBack(tx, row)
  const isDraining = graceful && running.length > 0
  const worker = { ...known, status: isDraining ? ('draining' as const) : ('unregistered' as const) }
  tables.putWorker(worker)
  return { worker, abandoned: graceful ? 0 : running.length }
}
