/** Refusals that several operations share. */
import { AppError } from '../../../core/errors.ts'
import type { TaskRow } from '../store.ts'

/** The task is in a state in which this cannot be done. */
export function taskState({ taskId, status }: TaskRow, what: string, right: string): AppError {
  return new AppError(
    'TASK_STATE',
    `Task "${taskId}" is ${status} and cannot ${what}; only a task that is ${right} can`,
    {
      details: { task_id: taskId, status }
    }
  )
}

export function staleLease(taskId: string, status: string): AppError {
  const message = `This lease of task "${taskId}" has ended: the task is ${status}. Stop working on it; its result was not taken`
  return new AppError('STALE_LEASE', message, {
    issues: [{ path: '/lease_token', message: 'Not the token of the current claim' }],
    details: { task_id: taskId, status }
  })
}
