/** Nothing is claimed before its time, or while the queue is paused. */
import type { Plan } from '../plan.ts'
import type { Seen } from './seen.ts'

export function timing(seen: Seen, { everyMs }: Plan): string[] {
  // What had become ready before a wall clock went back stays ready.
  return [...(everyMs.wallJump === undefined ? early(seen) : []), ...paused(seen)]
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
