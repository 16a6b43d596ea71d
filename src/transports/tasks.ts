/**
 * Tasks (`io.modelcontextprotocol/tasks`): a long call is answered with a handle, and the client asks after it. Whether a call is long
 * the catalogue says; whether the client can ask later, each of its requests. Four tools of the catalogue stand behind it, so that
 * all of it passes the same stages as every call: one begins a call, `{ category, tool, arguments }` to `{ task? }`; one looks,
 * `{ task_id }` to `{ task }`; one takes answers, `{ task_id, answers }`; one cancels, `{ task_id }`.
 */
import { isQuestion, type Reply } from '../core/client.ts'
import { AppError } from '../core/errors.ts'
import { readReply } from '../protocol/mcp/replies.ts'
import type { LongCall } from '../runtime/long-call.ts'
import type { LongCallState } from '../services/long-calls/api.ts'
import { MISSING_CAPABILITY } from './asking.ts'
import type { Call, Refusal, Target } from './call.ts'
import { CLIENT_CAPABILITIES_KEY, claimedVersion } from './eras.ts'
import { INTERNAL_ERROR, INVALID_PARAMS, isObject, type Params } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'
import { outcomeFault } from './outcome-fault.ts'
import type { TaskFeed } from './task-feed.ts'
import { type AnswerMethod, callResult, type MethodAnswer } from './tool-call.ts'

export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks'
/** How often a client does best to look. */
const POLL_INTERVAL_MS = 1000

export interface TasksPart {
  /** What the catalogue says of a call: undefined for one that its client waits for. */
  longCallOf: (call: { tool: string; args: unknown }) => LongCall | undefined
  beginTool: string
  getTool: string
  updateTool: string
  cancelTool: string
  /** Handles of the tasks that have changed; undefined while this process does not hear of them. */
  changes?: () => TaskFeed | undefined
}

export interface Tasks {
  /** The answer to a call that is not waited for; undefined if it is to be made like any other. */
  handBack(
    call: { tool: string; args: unknown },
    params: Params | undefined,
    exchange: Exchange
  ): Promise<MethodAnswer | undefined>
  methods: ReadonlyMap<string, AnswerMethod>
  /** The task as the caller sees it now. */
  look(taskId: string, exchange: Exchange): Promise<{ task: object } | Refusal>
  changes(): TaskFeed | undefined
}

export function createTasks(call: Call, part: TasksPart): Tasks {
  async function run(target: Target, params: Params | undefined, exchange: Exchange) {
    const called = await call(target, params?._meta ? { _meta: params._meta } : {}, exchange)
    if (!('outcome' in called)) return 'fault' in called ? called : { fault: NO_ROUNDS }
    if (called.outcome.failure) return outcomeFault(called.outcome, {})
    return { envelope: called.outcome.envelope }
  }

  async function read(params: Params | undefined, exchange: Exchange): Promise<{ state: LongCallState } | Refusal> {
    if (typeof params?.taskId !== 'string') return NO_TASK_ID
    const target = { method: 'tasks/get', tool: part.getTool, args: { task_id: params.taskId } }
    const looked = await run(target, params, exchange)
    // The output schema of the tool is the shape of a state.
    return 'envelope' in looked ? { state: looked.envelope.task as LongCallState } : looked
  }

  const get: AnswerMethod = async (params, exchange) => {
    const found = await read(params, exchange)
    return 'state' in found ? { members: membersOf(detailed(found.state)) } : found
  }

  const update: AnswerMethod = async (params, exchange) => {
    const { taskId, inputResponses } = params ?? {}
    if (!isObject(inputResponses)) return invalid('"inputResponses" must be an object of answers by name')
    const found = await read(params, exchange)
    if (!('state' in found)) return found
    const readable = await readAnswers(found.state.questions ?? {}, inputResponses)
    if ('fault' in readable) return readable
    const args = { task_id: taskId, answers: readable.answers }
    const done = await run({ method: 'tasks/update', tool: part.updateTool, args }, params, exchange)
    return 'envelope' in done ? { members: '' } : done
  }

  const cancel: AnswerMethod = async (params, exchange) => {
    if (typeof params?.taskId !== 'string') return NO_TASK_ID
    const args = { task_id: params.taskId }
    const done = await run({ method: 'tasks/cancel', tool: part.cancelTool, args }, params, exchange)
    return 'envelope' in done ? { members: '' } : done
  }

  const declared =
    (method: AnswerMethod): AnswerMethod =>
    async (params, exchange) =>
      knowsTasks(params) ? await method(params, exchange) : UNDECLARED

  return {
    async look(taskId, exchange) {
      const found = await read({ taskId }, exchange)
      return 'state' in found ? { task: detailed(found.state) } : found
    },
    changes: () => part.changes?.(),
    methods: new Map([
      ['tasks/get', declared(get)],
      ['tasks/update', declared(update)],
      ['tasks/cancel', declared(cancel)]
    ]),

    async handBack({ tool, args }, params, exchange) {
      const long = part.longCallOf({ tool, args })
      if (!long) return undefined
      if (!knowsTasks(params)) return long.support === 'required' ? UNDECLARED : undefined
      const target = { category: long.category, tool: long.tool, arguments: long.args }
      const called = await call({ method: 'tools/call', tool: part.beginTool, args: target }, params, exchange)
      if (!('outcome' in called)) return called
      const { envelope, failure } = called.outcome
      if (failure) return { members: membersOf(callResult({ envelope, isError: true })) }
      // The output schema of the tool is the shape of a state.
      const state = envelope.task as LongCallState | undefined
      if (!state) return undefined
      if (state.outcome) return { members: membersOf(callResult(state.outcome)) }
      if (state.error) return { fault: errorOf(state.error) }
      return { unfinished: membersOf({ resultType: 'task', ...taskOf(state) }) }
    }
  }
}

/** Whether the client can ask after a call: it says so in each request. */
export function knowsTasks(params: Params | undefined): boolean {
  const meta = params?._meta
  const capabilities =
    isObject(meta) && claimedVersion(params) !== undefined ? meta[CLIENT_CAPABILITIES_KEY] : undefined
  return (
    isObject(capabilities) && isObject(capabilities.extensions) && isObject(capabilities.extensions[TASKS_EXTENSION])
  )
}

export const UNDECLARED: Refusal = {
  fault: {
    code: MISSING_CAPABILITY,
    message: `This needs a client with the extension ${TASKS_EXTENSION}`,
    data: { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } }
  },
  httpStatus: 400
}

const NO_TASK_ID = invalid('"taskId" must be a string')
const NO_ROUNDS = { code: INTERNAL_ERROR, message: 'A task cannot be asked after in several rounds' }

/** Answers to questions that are open; one that has another shape than the protocol's is refused before any is taken. */
async function readAnswers(
  questions: Record<string, unknown>,
  given: Record<string, unknown>
): Promise<{ answers: Record<string, Reply> } | Refusal> {
  const answers: Record<string, Reply> = {}
  for (const [name, question] of Object.entries(questions)) {
    if (!Object.hasOwn(given, name) || !isQuestion(question)) continue
    try {
      answers[name] = await readReply(name, question.method, given[name])
    } catch (error) {
      if (error instanceof AppError) return invalid(error.message)
      throw error
    }
  }
  return { answers }
}

/** What every form of a task has. */
function taskOf({ taskId, status, message, createdAt, updatedAt, ttlMs }: LongCallState): object {
  return {
    taskId,
    status,
    ...(message !== undefined && { statusMessage: message }),
    createdAt: new Date(createdAt).toISOString(),
    lastUpdatedAt: new Date(updatedAt).toISOString(),
    ttlMs,
    pollIntervalMs: POLL_INTERVAL_MS
  }
}

function detailed(state: LongCallState): object {
  return {
    ...taskOf(state),
    ...(state.questions && { inputRequests: state.questions }),
    ...(state.outcome && { result: callResult(state.outcome) }),
    ...(state.error && { error: errorOf(state.error) })
  }
}

const membersOf = (result: object): string => JSON.stringify(result).slice(1, -1)

function errorOf({ code, message }: NonNullable<LongCallState['error']>) {
  return { code: INTERNAL_ERROR, message, data: { error: code } }
}

function invalid(problem: string): Refusal {
  return { fault: { code: INVALID_PARAMS, message: `Invalid params: ${problem}` } }
}
