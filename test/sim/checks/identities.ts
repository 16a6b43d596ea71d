/** One identity, one task. */
import type { Submission } from '../../../src/services/queue/api.ts'
import type { Plan } from '../plan.ts'
import type { Seen } from './seen.ts'

export function identities(seen: Seen, { isTidied }: Plan): string[] {
  const keys = [...seen.tasks.values()].flatMap(({ idempotencyKey }) => idempotencyKey ?? [])
  const twice = keys.filter((key, index) => keys.indexOf(key) < index).map(key => `two tasks have the key ${key}`)
  // An identity is free again when its task was removed.
  if (isTidied) return twice
  const named = seen.submits.filter(
    ({ submission, answer }) => nameOf(submission) !== undefined && !seen.isExcused(answer.taskId)
  )
  return [
    ...twice,
    ...[...Map.groupBy(named, ({ submission }) => nameOf(submission))].flatMap(([name, group]) => faultOf(name, group))
  ]
}

function faultOf(name: string | undefined, group: Seen['submits']): string[] {
  const taskIds = new Set(group.map(({ answer }) => answer.taskId))
  const contents = new Set(group.map(({ submission: { type, payload } }) => JSON.stringify([type, payload])))
  return [
    ...(taskIds.size > 1 ? [`${name} stands for several tasks: ${[...taskIds].join(', ')}`] : []),
    ...(contents.size > 1 ? [`${name} was taken with several contents`] : [])
  ]
}

const nameOf = ({ taskId, idempotencyKey }: Submission): string | undefined =>
  taskId === undefined ? idempotencyKey && `the key ${idempotencyKey}` : `the id ${taskId}`
