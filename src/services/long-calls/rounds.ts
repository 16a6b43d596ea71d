/**
 * A long call in the queue: one task a round. The first has the handle for its id; each set of answers makes the next, which has all
 * answers so far. So a question, an answer and an end are durable by being a task's result, a task's payload and a task's status, and
 * of two answers that come at once the queue takes one as the next round and refuses the other, which then looks again.
 */
import type { ClientCapability, Question, Reply } from '../../core/client.ts'
import { AppError, hasCode } from '../../core/errors.ts'
import { isSamePrincipal, type Principal } from '../../core/principal.ts'
import type { JsonObject, Queue, Task } from '../queue/api.ts'
import { TOOL_CALL } from '../workers/api.ts'
import type { CallEnd } from './api.ts'

/** What a worker must be able to do to run these tasks: keep what a call asks. */
export const LONG_CALL = 'long-call'
/** No handle has this sign, so no round can be taken for a call. */
const ROUND_SIGN = '~'

/** The payload of a round. */
export interface RoundCall {
  tool: string
  category: string
  args: unknown
  answers: Record<string, Reply>
  can: readonly ClientCapability[]
  /** Questions that are open still: then nothing is run in this round. */
  open?: Record<string, Question>
  isCancelled?: true
}

/** The result of a round. */
export type RoundEnd = { questions: Record<string, Question> } | CallEnd

export interface Round {
  number: number
  task: Task
  call: RoundCall
  /** Of a completed round. */
  end?: RoundEnd
  /** What must be answered for the call to go on. */
  open?: Record<string, Question>
}

export const handleOf = (taskId: string): string => taskId.split(ROUND_SIGN, 1)[0] ?? taskId
export const roundId = (handle: string, number: number): string =>
  number === 1 ? handle : `${handle}${ROUND_SIGN}${number}`

/** The first and the last round of the caller's call. NOT_FOUND. */
export async function readRounds(
  queue: Queue,
  handle: string,
  caller: Principal
): Promise<{ first: Round; last: Round }> {
  const found = handle.includes(ROUND_SIGN) ? undefined : await findRound(queue, handle, 1)
  if (!found || !isSamePrincipal(found.task.submitter, caller)) throw unknownCall(handle)
  const first = found
  let last = first
  while (last.open) {
    const next = await findRound(queue, handle, last.number + 1)
    if (!next || !isSamePrincipal(next.task.submitter, first.task.submitter)) break
    last = next
  }
  return { first, last }
}

export function unknownCall(handle: string): AppError {
  return new AppError('NOT_FOUND', `There is no task "${handle.slice(0, 80)}"; it may have expired`)
}

/** The round that follows `round`: the same call with more known. IDEMPOTENCY_CONFLICT if another one follows it by now. */
export async function submitNext(queue: Queue, { task, number }: Round, call: RoundCall): Promise<string> {
  const handle = handleOf(task.taskId)
  const { submitter, deadlineAt, retry } = task
  const { taskId } = await queue.submit({
    ...roundSpec(call, { submitter, deadlineAt, maxAttempts: retry.maxAttempts }),
    taskId: roundId(handle, number + 1),
    parentTaskId: handle
  })
  return taskId
}

export function roundSpec(
  call: RoundCall,
  { submitter, deadlineAt, maxAttempts }: { submitter: Principal; deadlineAt: number | undefined; maxAttempts: number }
) {
  return {
    type: TOOL_CALL,
    // A call's arguments came as JSON, and the rest is ours.
    payload: { ...call } as JsonObject,
    submitter,
    requires: [LONG_CALL],
    retry: { maxAttempts },
    ...(deadlineAt !== undefined && { deadlineAt })
  }
}

/** INVALID_INPUT for a payload of somebody who submits such a task past `begin`. */
export function roundCallOf(payload: JsonObject): RoundCall {
  const { tool, category, answers, can } = payload
  const isCall = typeof tool === 'string' && typeof category === 'string' && isObject(answers) && Array.isArray(can)
  // Its other members are only handed on.
  if (isCall) return payload as unknown as RoundCall
  throw new AppError('INVALID_INPUT', `The payload is not that of a task that requires "${LONG_CALL}"`)
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

async function findRound(queue: Queue, handle: string, number: number): Promise<Round | undefined> {
  const task = await queue.get(roundId(handle, number)).catch(error => {
    if (hasCode(error, 'NOT_FOUND')) return undefined
    throw error
  })
  if (!task?.requires.includes(LONG_CALL)) return undefined
  // The queue checked that a payload is an object.
  const call = roundCallOf((await bodyOf(queue, task.payload, task.payloadCid)) as JsonObject)
  if (task.status !== 'completed') return { number, task, call, ...opened(call.open) }
  // A worker with this capability ends it so.
  const end = (await bodyOf(queue, task.result, task.resultCid)) as RoundEnd
  return { number, task, call, end, ...opened('questions' in end ? end.questions : undefined) }
}

const opened = (open: Round['open']) => (open ? { open } : {})

async function bodyOf(queue: Queue, inline: unknown, cid: string | undefined): Promise<unknown> {
  return cid === undefined ? inline : await queue.body(cid)
}
