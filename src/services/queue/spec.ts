/** What a task's row keeps as one JSON text. */
import type { Demands, TaskRow, TaskSpec } from './store.ts'

// Written by `JSON.stringify` of a TaskSpec and by nothing else.
export const specOf = (row: Pick<TaskRow, 'spec'>): TaskSpec => JSON.parse(row.spec) as TaskSpec

/** What a worker must match to take the task. */
export function demandsOf(type: string, spec: TaskSpec): Demands {
  return {
    type: spec.tool === undefined ? type : `${type}${OF_TOOL}${spec.tool}`,
    requires: [...new Set(spec.requires ?? [])].sort(),
    sessionId: spec.sessionId ?? null,
    stickyWorkerId: spec.stickyWorkerId ?? null
  }
}

const OF_TOOL = '/'

/** The type without the tool that it names. */
export const typeOf = (demanded: string): string => demanded.split(OF_TOOL, 1)[0] ?? demanded
