/** What an attempt that threw tells the queue. */
import { type AppError, toAppError } from '../../core/errors.ts'
import type { Outcome, TaskError } from '../queue/api.ts'

export function failed(thrown: unknown): Outcome {
  return { status: 'failed', error: taskError(toAppError(thrown)) }
}

function taskError({ code, message, retryable, issues, details }: AppError): TaskError {
  const more = { ...details, ...(issues && { issues }) }
  return { code, message, retryable, ...(Object.keys(more).length > 0 && { details: more }) }
}
