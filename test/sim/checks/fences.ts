/** Lease tokens only grow, each stands for one claim, and only the last one of a task can finish it. */
import type { Call } from '../history.ts'
import { completionOf, type Seen, taskKey, winnerOf } from './seen.ts'

export function fences(seen: Seen): string[] {
  return [...growth(seen), ...effects(seen), ...winners(seen), ...recorded(seen)]
}

function growth({ history }: Seen): string[] {
  return history.claims.flatMap(({ token }, index) => {
    const before = history.claims[index - 1]?.token
    return before !== undefined && token <= before ? [`token ${token} came after ${before}`] : []
  })
}

function effects({ history }: Seen): string[] {
  const claims = new Map(history.claims.map(claim => [claim.token, claim]))
  const performed = new Set<string>()
  return history.effects.flatMap(({ token, taskId, worker, leaseLeftMs }) => {
    const found: string[] = []
    if (performed.has(token)) found.push(`the effect of ${token} was performed twice`)
    performed.add(token)
    const claim = claims.get(token)
    if (claim?.taskId !== taskId || claim.workerId !== worker)
      found.push(`${worker} performed ${taskId} with ${token}, which is not its claim`)
    if (leaseLeftMs < -1) found.push(`${worker} went on for ${-leaseLeftMs} ms after its lease ${token} had ended`)
    return found
  })
}

/** A result is of the last claim, and of none that was told it was stale. */
function winners(seen: Seen): string[] {
  const refused = new Set(
    seen
      .calls('complete')
      .filter(({ error }) => error === 'STALE_LEASE')
      .filter(call => isItsOwn(seen, call))
      .map(call => keyOf(completionOf(call)))
  )
  return [...seen.tasks.values()].flatMap(task => {
    const winner = winnerOf(task)
    if (task.status !== 'completed' || winner === undefined || seen.isExcused(task.taskId)) return []
    const last = seen.claimsOf.get(taskKey(task))?.at(-1)?.token
    if (winner !== last) return [`task ${task.taskId} has the result of ${winner}, but ${last} was its last claim`]
    return refused.has(keyOf({ taskId: task.taskId, leaseToken: winner }))
      ? [`task ${task.taskId} has the result of ${winner}, which was refused as stale`]
      : []
  })
}

/** What somebody else shows under a token, or before there is one, says nothing of the token. */
function isItsOwn({ history }: Seen, call: Call): boolean {
  const { principal, leaseToken } = completionOf(call)
  const claim = history.claims.find(({ token }) => token === leaseToken)
  const isKnown = claim !== undefined && (call.servedAt ?? 0) >= claim.at
  return isKnown && (principal === undefined || principal.id === claim.principalId)
}

const keyOf = ({ taskId, leaseToken }: { taskId: string; leaseToken: string }): string => `${taskId} ${leaseToken}`

/** What was acknowledged as done is what stands. */
function recorded(seen: Seen): string[] {
  const released = new Set(seen.calls('release').map(({ args }) => (args[0] as { leaseToken: string }).leaseToken))
  return seen.calls('complete').flatMap(call => {
    const { taskId, leaseToken, outcome } = completionOf(call)
    const task = seen.tasks.get(taskId)
    const isOpen =
      !call.isAnswered || !isItsOwn(seen, call) || outcome.status !== 'completed' || released.has(leaseToken)
    if (isOpen || !task || seen.isExcused(taskId) || winnerOf(task) === leaseToken) return []
    // The task that it completed was removed, and another has its id.
    if (!seen.claimsOf.get(taskKey(task))?.some(({ token }) => token === leaseToken)) return []
    return [`the completion of ${taskId} with ${leaseToken} was acknowledged, and the task is ${task.status}`]
  })
}
