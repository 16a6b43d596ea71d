/** Why a task type that no worker is known to run is not taken. */
import { AppError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { NAMED_TASK_TYPES } from './task-types.ts'

/**
 * Nobody runs `type`: SERVICE_UNAVAILABLE with the cure for a type that has a program which is absent here, INVALID_INPUT with the
 * nearest name for one that nobody knows. `reasonOf` says why a known type does not run on this node.
 */
export function refusedType(
  type: string,
  runHere: readonly string[],
  reasonOf: (type: string) => string | undefined
): AppError | undefined {
  if (runHere.includes(type)) return undefined
  const cure = 'register a worker with this capability (worker_register) before you submit'
  if (NAMED_TASK_TYPES.includes(type)) {
    const reason = reasonOf(type) ?? 'no worker of this queue runs it'
    return new AppError('SERVICE_UNAVAILABLE', `Tasks of type "${type}" cannot run: ${reason}; ${cure}`)
  }
  const near = nearest(type, [...runHere, ...NAMED_TASK_TYPES])
  const message = `There is no task type "${type}"`
  return new AppError('INVALID_INPUT', `${message}${near ? `; did you mean "${near}"?` : ''}; or ${cure}`, {
    issues: [{ path: '/task_type', message, suggestion: near ?? `one of ${runHere.join(', ')}` }]
  })
}
