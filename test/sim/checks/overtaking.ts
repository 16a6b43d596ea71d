/** Who was passed by too often has its turn. */
import { UNHURRIED } from '../actors/crowd.ts'
import type { Seen } from './seen.ts'

/** Of a history in which more claims than the limit passed them by. */
export function overtaking({ history }: Seen): string[] {
  const claimed = new Set(history.claims.map(({ taskId }) => taskId))
  return UNHURRIED.filter(taskId => !claimed.has(taskId)).map(
    taskId => `task ${taskId} was passed by by ${history.claims.length} claims and never had its turn`
  )
}
