/** What one operation works in: the tables, the two times, and the changes that it tells. */
import type { TaskChange } from '../api.ts'
import type { TaskRow, Time } from '../store.ts'
import type { Tables } from '../tables.ts'

export interface Transaction {
  readonly tables: Tables
  readonly time: Time
  readonly changes: TaskChange[]
}

export function announce(
  { changes }: Transaction,
  { taskId, status, workerId }: TaskRow,
  event: TaskChange['event']
): void {
  changes.push({ taskId, status, event, ...(workerId !== null && { workerId }) })
}
