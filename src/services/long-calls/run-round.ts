/** Runs one round of a long call: the tool as its submitter, up to its end or its next question. */
import type { Catalog } from '../../core/catalog.ts'
import { type Client, missingCapabilities, openQuestions, type Question, type Reply } from '../../core/client.ts'
import type { Clock } from '../../core/clock.ts'
import { AppError } from '../../core/errors.ts'
import type { CallOutcome, CallRequest, Invoke } from '../../core/tool.ts'
import { readReplies } from '../../protocol/mcp/replies.ts'
import type { TaskHandler, TaskRun } from '../workers/api.ts'
import { LONG_CALL, type RoundEnd, roundCallOf } from './rounds.ts'

/** Between two looks for a free place in the tool's lane. */
const BUSY_WAIT_MS = 250

export interface LongCallHandlerOptions {
  invoke: Invoke
  catalog: Pick<Catalog, 'resolve'>
  clock: Clock
  /** Runs the tasks that call a tool and are no long calls. */
  others: TaskHandler
}

export function createLongCallHandler({ others, ...options }: LongCallHandlerOptions): TaskHandler {
  return {
    type: others.type,
    run: run => (run.task.requires.includes(LONG_CALL) ? runRound(run, options) : others.run(run))
  }
}

type Options = Omit<LongCallHandlerOptions, 'others'>

async function runRound(run: TaskRun, { invoke, catalog, clock }: Options): Promise<RoundEnd> {
  const { tool, category, args, answers, can, open, isCancelled } = roundCallOf(run.payload)
  if (isCancelled) throw new AppError('CANCELLED', 'The client cancelled the call')
  if (open) return { questions: open }
  const { entry } = catalog.resolve(tool, category)
  if (entry.remote === 'never') throw new AppError('FORBIDDEN', `The tool "${entry.name}" does not run as a task`)
  const { signal } = run
  const client = new AnsweringClient(answers, can, run)
  const request: CallRequest = {
    tool,
    category,
    args,
    evidence: { kind: 'submitter', principal: run.task.submitter },
    signal,
    progress(done, total, message) {
      const fraction = total !== undefined && total > 0 ? done / total : undefined
      run.progress({ ...(fraction !== undefined && { fraction }), ...(message !== undefined && { message }) })
    },
    client,
    trace: { task_id: run.task.taskId },
    follows: run.task.traceparent
  }
  const { envelope, failure, content } = await invokeInTurn(() => invoke(request), clock, signal)
  if (failure && client.asked) return { questions: client.asked }
  if (failure && (signal.aborted || failure.code === 'INTERNAL')) throw failure
  return { envelope, isError: failure !== undefined, ...(content && { content }) }
}

/** A call that finds no place was not begun, so it is made again. */
async function invokeInTurn(call: () => Promise<CallOutcome>, clock: Clock, signal: AbortSignal): Promise<CallOutcome> {
  for (;;) {
    const outcome = await call()
    if (outcome.failure?.code !== 'BUSY' || signal.aborted) return outcome
    await new Promise<void>(resolve => void clock.after(BUSY_WAIT_MS, resolve))
  }
}

/** The client of a call that runs without it: it has answered already, or the call ends with what it asks. */
class AnsweringClient implements Client {
  readonly #answers: Record<string, Reply>
  readonly #can: readonly string[]
  readonly #run: TaskRun
  asked: Record<string, Question> | undefined

  constructor(answers: Record<string, Reply>, can: readonly string[], run: TaskRun) {
    this.#answers = answers
    this.#can = can
    this.#run = run
  }

  can(capability: string): boolean {
    return this.#can.includes(capability)
  }

  async ask<N extends string>(questions: Record<N, Question>): Promise<Record<N, Reply>> {
    const missing = missingCapabilities(questions, capability => this.can(capability))
    if (missing) {
      throw new AppError('INPUT_REQUIRED', `This call needs a client with the capability ${missing.join(', ')}`)
    }
    this.asked = openQuestions(questions, this.#answers)
    if (this.asked) {
      throw new AppError('INPUT_REQUIRED', `The call waits for answers to: ${Object.keys(this.asked).join(', ')}`)
    }
    return await readReplies(questions, async name => this.#answers[name])
  }

  tell(_level: string, message: string): void {
    this.#run.log(message)
  }
}
