/** Attempts are counted and bounded. */
import { MAX_RELEASES } from '../../../src/services/queue/api.ts'
import { type Seen, taskKey } from './seen.ts'

export function attempts(seen: Seen): string[] {
  const bounds = [...seen.sights.map(({ task }) => task), ...seen.tasks.values()].flatMap(
    ({ taskId, attempt, releases, retry }) => [
      ...(attempt > retry.maxAttempts ? [`task ${taskId} had attempt ${attempt} of ${retry.maxAttempts}`] : []),
      ...(releases > MAX_RELEASES + 1 ? [`task ${taskId} was given back ${releases} times`] : [])
    ]
  )
  const counts = [...seen.tasks.values()].flatMap(task => {
    const { taskId, attempt, releases } = task
    const claims = seen.claimsOf.get(taskKey(task))?.length ?? 0
    if (claims === attempt + releases || seen.isExcused(taskId)) return []
    return [`task ${taskId} was claimed ${claims} times and counts ${attempt} attempts and ${releases} releases`]
  })
  return [...bounds, ...counts]
}
