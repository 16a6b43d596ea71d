/** From the rounds of a call to what its caller sees. */
import { ERROR_TABLE, type ErrorCode } from '../../core/errors.ts'
import type { Task, TaskError } from '../queue/api.ts'
import type { LongCallState } from './api.ts'
import type { Round } from './rounds.ts'

export function stateOf(first: Round, last: Round, ttlMs: number): LongCallState {
  const { taskId, createdAt } = first.task
  return {
    taskId,
    createdAt,
    updatedAt: last.task.updatedAt,
    ttlMs: Math.max(1, Math.round(expiryOf(first, ttlMs) - createdAt)),
    ...endOf(last)
  }
}

/** When the call ends by itself and its handle means nothing any more. One that was retried in the queue has no deadline of its own. */
export function expiryOf({ task }: Round, ttlMs: number): number {
  return task.deadlineAt ?? task.createdAt + ttlMs
}

export const hasEnded = ({ status }: Pick<LongCallState, 'status'>): boolean =>
  status !== 'working' && status !== 'input_required'

type End = Pick<LongCallState, 'status' | 'message' | 'questions' | 'outcome' | 'error'>

function endOf({ task, call, end, open }: Round): End {
  if (call.isCancelled || task.status === 'cancelled') {
    return { status: 'cancelled', message: task.cancelReason ?? 'The call was cancelled' }
  }
  if (open) return { status: 'input_required', questions: open, message: `It asks: ${Object.keys(open).join(', ')}` }
  if (end && 'envelope' in end) return { status: 'completed', outcome: end }
  if (task.status === 'failed') return failed(task.error)
  return { status: 'working', ...progressOf(task) }
}

function failed(error: TaskError | undefined): End {
  const code = codeOf(error?.code)
  const message = code === 'OUTCOME_UNKNOWN' ? ERROR_TABLE[code].summary : (error?.message ?? ERROR_TABLE[code].summary)
  return { status: 'failed', message, error: { code, message } }
}

/** A lease ends unrenewed when the process of its worker has ended. */
function codeOf(code: string | undefined): ErrorCode {
  if (code === 'LEASE_EXPIRED') return 'OUTCOME_UNKNOWN'
  return code !== undefined && code in ERROR_TABLE ? (code as ErrorCode) : 'INTERNAL'
}

function progressOf({ status, progress }: Task): Pick<End, 'message'> {
  if (status === 'queued') return { message: 'It waits for its turn' }
  const share = progress?.fraction === undefined ? undefined : `${Math.round(progress.fraction * 100)} %`
  const message = [share, progress?.message].filter(part => part !== undefined).join(', ')
  return message === '' ? {} : { message }
}
