/** What was acknowledged is there: submissions, and the bodies and counters that belong to them. */
import type { Submitted } from '../../../src/services/queue/api.ts'
import type { Plan } from '../plan.ts'
import type { Seen } from './seen.ts'

export function survival(seen: Seen, plan: Plan): string[] {
  const { tasks, history } = seen
  const isTaken = mayBeTaken(seen, plan)
  const retried = seen.calls('retry').filter(({ isAnswered }) => isAnswered)
  const accepted = [...seen.submits.map(({ answer }) => answer), ...retried.map(({ value }) => value as Submitted)]
  const missing = accepted.filter(({ taskId }) => !tasks.has(taskId) && !isTaken(taskId) && !seen.isExcused(taskId))
  // A removed task that a lying disk brings back has no body any more.
  const bodies = history.losses.length > 0 ? [] : (history.final?.missingBodies ?? [])
  return [
    ...missing.map(({ taskId }) => `task ${taskId} was acknowledged and is gone`),
    ...bodies.map(cid => `the body ${cid} of a task is gone`),
    ...counters(seen)
  ]
}

/** Somebody may have removed it. */
function mayBeTaken(seen: Seen, { isTidied }: Plan): (taskId: string) => boolean {
  const removed = new Set(seen.calls('remove').map(({ args }) => args[0]))
  const isCleared = seen.calls('clear').some(({ args }) => args[0] !== 'queued')
  const isRetained = isTidied
  return taskId => isCleared || isRetained || removed.has(taskId)
}

function counters({ tasks, history }: Seen): string[] {
  const stats = history.final?.stats
  if (!stats) return []
  const counted: Record<string, number> = { queued: 0, running: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const { status } of tasks.values()) counted[status] = (counted[status] ?? 0) + 1
  const isRight = Object.entries(counted).every(
    ([status, count]) => stats.counts[status as keyof typeof stats.counts] === count
  )
  return isRight ? [] : [`stats count ${JSON.stringify(stats.counts)}, the list has ${JSON.stringify(counted)}`]
}
