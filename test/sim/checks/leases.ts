/** A lease lasts as long as it was given for, and no wall clock, restart or rival shortens it. */
import { AFFINITY_LAPSE_MS } from '../../../src/services/queue/api.ts'
import type { Claim } from '../history.ts'
import { completionOf, type Seen } from './seen.ts'

/** Of the steady clock's rounding. */
const TOLERANCE_MS = 2

export function leases(seen: Seen): string[] {
  return [...seen.claimsOf.values()].flatMap(claims => {
    if (claims.some(({ taskId }) => seen.isExcused(taskId))) return []
    const cut = claims.flatMap((claim, index) => cutShort(seen, claims[index - 1], claim))
    const after = claims.flatMap((claim, index) => outlived(seen, claim, claims[index + 1]))
    return [...cut, ...after, ...claims.flatMap(claim => strayed(seen, claim))]
  })
}

/** The next claim must not come before the lease of the last one has ended, unless somebody ended it. */
function cutShort(seen: Seen, last: Claim | undefined, next: Claim): string[] {
  if (!last || isEnded(seen, last, next.at)) return []
  // An attempt's own limit ends it before its lease; a task that nobody ever saw may have one.
  const task = seen.taskOf(next.taskId)
  if (!task || task.timeoutMs !== undefined) return []
  const renewed = seen.history.renewals.filter(({ token, at }) => token === last.token && at <= next.at)
  const end = Math.max(last.at + last.leaseMs, ...renewed.map(({ at, leaseMs }) => at + leaseMs))
  if (next.at >= end - TOLERANCE_MS) return []
  return [`task ${next.taskId} was claimed as ${next.token} ${end - next.at} ms before the lease ${last.token} ended`]
}

function isEnded(seen: Seen, { token, workerId }: Claim, by: number): boolean {
  if (seen.history.releases.some(release => release.at <= by && release.token === token)) return true
  const settled = [...seen.calls('complete'), ...seen.calls('release')]
  if (settled.some(call => call.askedAt <= by && completionOf(call).leaseToken === token)) return true
  return seen
    .calls('unregisterWorker')
    .some(({ args, askedAt }) => askedAt <= by && args[0] === workerId && !(args[1] as { graceful: boolean }).graceful)
}

/** A heartbeat is answered only as long as nobody else has the task. */
function outlived({ history }: Seen, { token, taskId }: Claim, next: Claim | undefined): string[] {
  const late = history.renewals.filter(renewal => renewal.token === token && next !== undefined && renewal.at > next.at)
  return late.map(() => `the lease ${token} of ${taskId} was renewed after ${next?.token} was given`)
}

/** A task bound to a worker goes to no other while that worker comes for work. */
function strayed(seen: Seen, { taskId, workerId, at }: Claim): string[] {
  const task = seen.taskOf(taskId)
  const bound = task?.stickyWorkerId
  if (!task || bound === undefined || bound === workerId) return []
  const recent = seen.history.appearances.some(
    other =>
      other.workerId === bound &&
      (task.sessionId === undefined || other.sessionId === task.sessionId) &&
      other.at < at &&
      other.at > at - AFFINITY_LAPSE_MS + TOLERANCE_MS
  )
  return recent ? [`task ${taskId} of ${bound} went to ${workerId} although ${bound} was there`] : []
}
