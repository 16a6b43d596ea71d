/** A history in the order in which checks ask for it. */

import type { Completion, Heartbeat, Lease, Submission, Submitted, Task } from '../../../src/services/queue/api.ts'
import type { Call, Claim, History } from '../history.ts'

export interface Seen {
  readonly history: History
  /** What can be read at the end. */
  readonly tasks: ReadonlyMap<string, Task>
  readonly submits: readonly { call: Call; submission: Submission; answer: Submitted }[]
  /** By task, where a task that takes the id of a removed one is another. */
  readonly claimsOf: ReadonlyMap<string, readonly Claim[]>
  /** Every task that an answer showed, and when the queue had the answer. */
  readonly sights: readonly { task: Task; at: number }[]
  calls(method: Call['method']): readonly Call[]
  /** The task as anybody saw it, removed or not. */
  taskOf(taskId: string): Task | undefined
  /** A disk lost something about it that it had sworn to keep: what was seen before says nothing about later. */
  isExcused(taskId: string): boolean
}

export function see(history: History): Seen {
  const byMethod = Map.groupBy(history.calls, call => call.method)
  const calls = (method: Call['method']) => byMethod.get(method) ?? []
  const answered = (method: Call['method']) => calls(method).filter(({ isAnswered }) => isAnswered)
  // A value is what the method answers, and arguments are what it takes: `Caller.call` pairs them.
  const submits = answered('submit').map(call => ({
    call,
    submission: call.args[0] as Submission,
    answer: call.value as Submitted
  }))
  const isAllLost = history.losses.some(({ kinds }) => kinds.has('clear'))
  const lost = new Set(history.losses.flatMap(({ taskIds }) => [...taskIds]))
  const tasks = history.final?.tasks ?? new Map<string, Task>()
  const sights = history.calls
    .filter(({ isAnswered }) => isAnswered)
    .flatMap(call => tasksIn(call).map(task => ({ task, at: call.servedAt ?? 0 })))
  const sighted = new Map(sights.map(({ task }) => [task.taskId, task]))
  return {
    history,
    tasks,
    sights,
    taskOf: taskId => tasks.get(taskId) ?? sighted.get(taskId),
    submits,
    claimsOf: Map.groupBy(history.claims, taskKey),
    calls,
    isExcused: taskId => isAllLost || lost.has(taskId)
  }
}

function tasksIn({ method, value }: Call): Task[] {
  switch (method) {
    case 'get':
    case 'wait':
    case 'cancel':
      return [value as Task]
    case 'reprioritize':
      return [(value as { task: Task }).task]
    case 'list':
      return (value as { tasks: Task[] }).tasks
    case 'claim':
      return (value as Lease[]).map(({ task }) => task)
    case 'complete':
      return (value as { next: Lease[] }).next.map(({ task }) => task)
    default:
      return []
  }
}

export const isFinal = ({ status }: Pick<Task, 'status'>): boolean => status !== 'queued' && status !== 'running'

export const taskKey = ({ taskId, createdAt }: { taskId: string; createdAt: number }): string =>
  `${taskId}@${createdAt}`

export const completionOf = ({ args }: Pick<Call, 'args'>): Completion => args[0] as Completion
export const heartbeatOf = ({ args }: Pick<Call, 'args'>): Heartbeat => args[0] as Heartbeat

/** The token of the attempt that made the result, which every worker here writes into it. */
export const winnerOf = ({ result }: Task): string | undefined => (result as { token?: string } | undefined)?.token
