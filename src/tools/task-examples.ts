/** Calls that set the stage of examples about tasks. */
import type { ToolExample } from '../core/tool.ts'

type Stage = NonNullable<ToolExample['before']>

/** Task `a` waits. */
export const aWaits: Stage = [
  { tool: 'task_submit', args: { task_id: 'a', task_type: 'tool.call', payload: { tool: 'list_datasets' } } }
]

/** Task `b` waits behind it. */
export const bWaits: Stage = [
  { tool: 'task_submit', args: { task_id: 'b', task_type: 'tool.call', payload: { tool: 'list_datasets' } } }
]

/** Worker `w1` runs task `a`. */
export const aRuns: Stage = [...aWaits, { tool: 'task_claim', args: { worker_id: 'w1' } }]

/** Task `a` was completed. */
export const aIsDone: Stage = [
  ...aRuns,
  {
    tool: 'task_complete',
    args: {
      task_id: 'a',
      lease_token: '<lease_token>',
      result: { rows: 3 },
      logs: [{ stream: 'stdout', message: 'read 3 rows' }]
    }
  }
]

/** Task `a` failed, and is not tried again. */
export const aFailed: Stage = [
  ...aRuns,
  {
    tool: 'task_complete',
    args: {
      task_id: 'a',
      lease_token: '<lease_token>',
      status: 'failed',
      error: { code: 'NO_SPACE', message: 'The disk is full', retryable: false }
    }
  }
]
