/** A request to cancel that was taken reaches the worker, and nobody claims the task after it. */
import type { HeartbeatAnswer, Task } from '../../../src/services/queue/api.ts'
import { heartbeatOf, type Seen, taskKey } from './seen.ts'

export function cancels(seen: Seen): string[] {
  const asked = seen.calls('cancel').filter(({ isAnswered }) => isAnswered)
  return asked.flatMap(({ value, servedAt = 0 }) => {
    const task = value as Task
    const { taskId } = task
    if (seen.isExcused(taskId)) return []
    const claims = seen.claimsOf.get(taskKey(task)) ?? []
    const claimed = claims.filter(({ at }) => at > servedAt)
    const unheard = seen
      .calls('heartbeat')
      .filter(call => call.isAnswered && (call.servedAt ?? 0) > servedAt)
      .filter(call => claims.some(({ token }) => token === heartbeatOf(call).leaseToken))
      .filter(call => !(call.value as HeartbeatAnswer).cancel)
    return [
      ...claimed.map(({ token }) => `task ${taskId} was claimed as ${token} after it was cancelled`),
      ...unheard.map(() => `a heartbeat of ${taskId} was not told that the task is cancelled`)
    ]
  })
}
