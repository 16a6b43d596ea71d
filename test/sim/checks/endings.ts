/** Everything ends, and for a reason: nothing starves, and no accepted task is dropped without an attempt or a word. */
import type { Task } from '../../../src/services/queue/api.ts'
import { completionOf, isFinal, type Seen, taskKey, winnerOf } from './seen.ts'

/** Reasons that the queue gives itself. */
const OWN_CODES = new Set(['LEASE_EXPIRED', 'DEADLINE_EXCEEDED', 'RELEASED_TOO_OFTEN'])

export function endings(seen: Seen): string[] {
  const isCleared = seen.calls('clear').some(({ args }) => args[0] === 'queued')
  const cancelled = new Set(seen.calls('cancel').map(({ args }) => args[0]))
  const completions = Map.groupBy(seen.calls('complete').map(completionOf), ({ taskId }) => taskId)
  const reported = (taskId: string, status: string) =>
    (completions.get(taskId) ?? []).filter(({ outcome }) => outcome.status === status)

  function fault(task: Task): string | undefined {
    const { taskId, status, error, retry, attempt, isDeadLetter, deadlineAt } = task
    if (!isFinal(task)) return 'has not ended, long after the last fault'
    if (status === 'completed') {
      if ((seen.claimsOf.get(taskKey(task)) ?? []).length === 0) return 'was completed and never claimed'
      return winnerOf(task) === undefined ? 'has another result than any worker gave' : undefined
    }
    if (status === 'cancelled') {
      const isAsked = isCleared || cancelled.has(taskId) || reported(taskId, 'cancelled').length > 0
      return isAsked ? undefined : 'was cancelled and nobody asked for it'
    }
    if (!error?.code) return 'failed without a reason'
    const codes = reported(taskId, 'failed').map(({ outcome }) => 'error' in outcome && outcome.error.code)
    if (!OWN_CODES.has(error.code) && !codes.includes(error.code))
      return `failed with ${error.code}, which no worker said`
    if (isDeadLetter) return attempt >= retry.maxAttempts ? undefined : `is a dead letter after ${attempt} attempts`
    const isSaid = retry.nonRetryable.includes(error.code) || deadlineAt !== undefined
    return isSaid ? undefined : `failed with ${error.code} before its attempts were used up`
  }

  return [...seen.tasks.values()].flatMap(task => {
    const found = fault(task)
    return found === undefined ? [] : [`task ${task.taskId} (${task.status}) ${found}`]
  })
}
