/** A task that is final stays as it is. */
import type { Task } from '../../../src/services/queue/api.ts'
import { isFinal, type Seen, taskKey } from './seen.ts'

export function finality(seen: Seen): string[] {
  const last = Number.POSITIVE_INFINITY
  const sights = [...seen.sights, ...[...seen.tasks.values()].map(task => ({ task, at: last }))]
  const byTask = Map.groupBy(sights, ({ task }) => taskKey(task))
  return [...byTask].flatMap(([key, all]) => {
    if (all.some(({ task }) => seen.isExcused(task.taskId))) return []
    const ends = all.filter(({ task }) => isFinal(task))
    const first = ends.reduce((min, { at }) => Math.min(min, at), last)
    const revived = all.find(({ task, at }) => !isFinal(task) && at > first)
    const forms = new Set(ends.map(({ task }) => formOf(task)))
    return [
      ...(revived ? [`task ${key} had ended and was ${revived.task.status} again`] : []),
      ...(forms.size > 1 ? [`task ${key} had ended and changed: ${[...forms].join(' | ')}`] : [])
    ]
  })
}

/** Outlines leave the result out; `fences` holds the result to the last claim. */
const formOf = ({ status, finishedAt, error, attempt, resultCid }: Task): string =>
  JSON.stringify({ status, finishedAt, error, attempt, resultCid })
