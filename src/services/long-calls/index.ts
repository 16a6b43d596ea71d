/** Long calls over the queue. How they lie in it is said in `rounds.ts`. */
import { openQuestions, type Reply } from '../../core/client.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError, hasCode } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'
import { createLifecycle } from '../../core/startable.ts'
import type { Queue } from '../queue/api.ts'
import { type LongCallRequest, type LongCallState, type LongCalls, MAX_ATTEMPTS, MAX_ROUNDS } from './api.ts'
import { expiryOf, hasEnded, stateOf } from './call-state.ts'
import { handleOf, type Round, type RoundCall, readRounds, roundSpec, submitNext, unknownCall } from './rounds.ts'

export { LONG_CALL } from './rounds.ts'
export { createLongCallHandler } from './run-round.ts'

export interface LongCallsOptions {
  queue: Queue
  ttlMs: number
  clock: Clock
  /** Told of every change of a call, by its handle. */
  onChange?: (taskId: string) => void
}

export function createLongCalls(options: LongCallsOptions): LongCalls {
  const { queue, ttlMs, clock, onChange } = options
  let stopListening = () => {}

  const lifecycle = createLifecycle(
    async () => {
      if (onChange) stopListening = queue.onChange(({ taskId }) => onChange(handleOf(taskId)))
    },
    async () => stopListening()
  )

  async function read(taskId: string, caller: Principal): Promise<{ first: Round; last: Round }> {
    const rounds = await readRounds(queue, taskId, caller)
    if (expiryOf(rounds.first, ttlMs) <= clock.now()) throw unknownCall(taskId)
    return rounds
  }

  /** Looks again as long as another round comes first; that happens at most once for each of them. */
  async function untilFirst(attempt: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await attempt()
      } catch (error) {
        if (!hasCode(error, 'IDEMPOTENCY_CONFLICT') || tries >= MAX_ROUNDS) throw error
      }
    }
  }

  async function get(taskId: string, caller: Principal): Promise<LongCallState> {
    const { first, last } = await read(taskId, caller)
    return stateOf(first, last, ttlMs)
  }

  async function cancel(taskId: string, caller: Principal): Promise<void> {
    const { first, last } = await read(taskId, caller)
    if (hasEnded(stateOf(first, last, ttlMs))) return
    const reason = 'The client cancelled the call'
    if (!last.open) return await cancelTask(queue, last.task.taskId, reason)
    await cancelTask(queue, await submitNext(queue, last, { ...last.call, isCancelled: true }), reason)
  }

  async function addAnswers(taskId: string, answers: Record<string, Reply>, caller: Principal): Promise<void> {
    const { last } = await read(taskId, caller)
    const { open = {}, call } = last
    const given = Object.fromEntries(Object.entries(answers).filter(([name]) => Object.hasOwn(open, name)))
    if (call.isCancelled || Object.keys(given).length === 0) return
    if (last.number >= MAX_ROUNDS) throw new AppError('INPUT_REQUIRED', `The call asked more than ${MAX_ROUNDS} times`)
    const { open: _before, ...rest } = call
    const still = openQuestions(open, given)
    const next: RoundCall = { ...rest, answers: { ...call.answers, ...given }, ...(still && { open: still }) }
    await submitNext(queue, last, next)
  }

  return {
    ...lifecycle,
    get,

    async begin(request, { waitMs, signal }) {
      const { taskId: chosen, submitter, isRetrySafe, ...call }: LongCallRequest = request
      const spec = roundSpec(call, {
        submitter,
        deadlineAt: clock.now() + ttlMs,
        maxAttempts: isRetrySafe ? MAX_ATTEMPTS : 1
      })
      const { taskId } = await queue.submit({ ...spec, ...(chosen !== undefined && { taskId: chosen }) }, { signal })
      await queue.wait(taskId, { waitMs, signal }).catch(async error => {
        if (signal.aborted) await untilFirst(() => cancel(taskId, submitter))
        throw error
      })
      return await get(taskId, submitter)
    },

    answer: (taskId, answers, caller) => untilFirst(() => addAnswers(taskId, answers, caller)),
    cancel: (taskId, caller) => untilFirst(() => cancel(taskId, caller))
  }
}

/** One that has ended meanwhile stays as it is. */
async function cancelTask(queue: Queue, taskId: string, reason: string): Promise<void> {
  try {
    await queue.cancel(taskId, { reason })
  } catch (error) {
    if (!hasCode(error, 'TASK_STATE')) throw error
  }
}
