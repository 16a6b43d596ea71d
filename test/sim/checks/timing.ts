/** Nothing is claimed before its time, or while the queue is paused. */
import type { Plan } from '../plan.ts'
import { completionOf, type Seen } from './seen.ts'

export function timing(seen: Seen, { everyMs }: Plan): string[] {
  // What had become ready before a wall clock went back stays ready.
  return [...(everyMs.wallJump === undefined ? [...early(seen), ...hasty(seen)] : []), ...paused(seen)]
}

/** After an attempt that failed, the next one waits at least as long as after the first. */
function hasty(seen: Seen): string[] {
  const completions = seen.calls('complete').filter(call => completionOf(call).outcome.status === 'failed')
  const taken = new Set(completions.filter(call => call.isAnswered).map(call => completionOf(call).leaseToken))
  const failed = completions.filter(call => taken.has(completionOf(call).leaseToken))
  // Told again when no answer came: the first time counts.
  const failedAt = new Map(failed.reverse().map(call => [completionOf(call).leaseToken, call.askedAt]))
  return [...seen.claimsOf.values()].flatMap(claims =>
    claims.slice(1).flatMap(({ taskId, at }, index) => {
      const from = failedAt.get(claims[index]?.token ?? '')
      const task = seen.taskOf(taskId)
      if (from === undefined || !task || seen.isExcused(taskId)) return []
      const waitedMs = at - from
      const atLeast = task.retry.baseMs * (1 - task.retry.jitter)
      return waitedMs >= atLeast - 1 ? [] : [`task ${taskId} was tried again ${waitedMs} ms after it had failed`]
    })
  )
}

function early({ history }: Seen): string[] {
  return history.claims.flatMap(({ taskId, wall, notBefore }) =>
    notBefore !== null && wall < notBefore ? [`task ${taskId} was claimed ${notBefore - wall} ms before its time`] : []
  )
}

function paused({ history }: Seen): string[] {
  const { switches, claims, losses } = history
  return switches.flatMap(({ kind, at, afterClaims }, index) => {
    if (kind !== 'pause') return []
    const next = switches[index + 1]
    const isForgotten = losses.some(loss => loss.at >= at && loss.kinds.has('pause'))
    const between = claims.slice(afterClaims, next?.afterClaims)
    return isForgotten ? [] : between.map(({ taskId }) => `task ${taskId} was claimed while the queue was paused`)
  })
}
