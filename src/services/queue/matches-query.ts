/** Which tasks a list shows. */
import { specOf } from './spec.ts'
import type { RowQuery, TaskRow } from './store.ts'

/** Of a row as it stands. */
export function matchesQuery(row: TaskRow, query: RowQuery): boolean {
  const { status, types, workerId, tags, minPriority, workflowId } = query
  if (status === 'dead_letter' ? row.isDeadLetter === 0 : status !== null && row.status !== status) return false
  if (types.length > 0 && !types.includes(row.type)) return false
  if (workerId !== null && row.workerId !== workerId) return false
  if (row.priority < minPriority) return false
  if (workflowId !== null && row.workflowId !== workflowId) return false
  return tags.length === 0 || tags.every(tag => specOf(row).tags?.includes(tag))
}
