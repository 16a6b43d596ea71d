/** What a task's row keeps as one JSON text. */
import type { Demands, TaskRow, TaskSpec } from './store.ts'

// Written by `JSON.stringify` of a TaskSpec and by nothing else.
export const specOf = (row: TaskRow): TaskSpec => JSON.parse(row.spec) as TaskSpec

/** What a worker must match to take the task. */
export function demandsOf(type: string, spec: TaskSpec): Demands {
  return {
    type,
    requires: [...new Set(spec.requires ?? [])].sort(),
    sessionId: spec.sessionId ?? null,
    stickyWorkerId: spec.stickyWorkerId ?? null
  }
}
