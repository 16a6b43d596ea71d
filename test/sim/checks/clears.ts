/** A clearing that was answered ends everything that waited. */
import type { Plan } from '../plan.ts'
import type { Seen } from './seen.ts'

export function clears(seen: Seen, { isTidied }: Plan): string[] {
  const claimsOf = Map.groupBy(seen.history.claims, ({ taskId }) => taskId)
  const cleared = seen.calls('clear').filter(({ isAnswered, args }) => isAnswered && args[0] === 'queued')
  return cleared.flatMap(({ askedAt, servedAt = 0 }) =>
    seen.submits.flatMap(({ call, submission, answer: { taskId } }) => {
      // Another task may have taken its id.
      if (isTidied && submission.taskId !== undefined) return []
      if ((call.heardAt ?? 0) > askedAt || seen.isExcused(taskId)) return []
      const claims = claimsOf.get(taskId) ?? []
      // What ran at the time may come back; what had only waited may not.
      if (claims.length === 0 || claims.some(({ at }) => at <= servedAt)) return []
      return [`task ${taskId} waited when the queue was cleared and was claimed later`]
    })
  )
}
