/** Why a task type that no worker is known to run is not taken. */
import { AppError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { absentProgram } from './absent-programs.ts'
import { NAMED_TASK_TYPES } from './task-types.ts'

/**
 * Nobody runs `type`: SERVICE_UNAVAILABLE with the reason for a type that is known by name, INVALID_INPUT with the nearest name for one
 * that nobody knows. `runHere` are the types that this node runs itself.
 */
export function refusedType(type: string, runHere: readonly string[]): AppError | undefined {
  if (runHere.includes(type)) return undefined
  const cure = 'register a worker with this capability (worker_register) before you submit'
  if (NAMED_TASK_TYPES.includes(type)) {
    const reason = absentProgram(type) ?? 'no worker of this queue runs them'
    return new AppError('SERVICE_UNAVAILABLE', `Tasks of type "${type}" cannot run: ${reason}; ${cure}`)
  }
  const near = nearest(type, [...runHere, ...NAMED_TASK_TYPES])
  const message = `There is no task type "${type}"`
  return new AppError('INVALID_INPUT', `${message}${near ? `; did you mean "${near}"?` : ''}; or ${cure}`, {
    issues: [
      { path: '/task_type', message, suggestion: near ?? `one of ${[...runHere, ...NAMED_TASK_TYPES].join(', ')}` }
    ]
  })
}
