/**
 * One call on behalf of a client: what a message says beside the call itself (progress, trace, answers of earlier rounds) becomes part
 * of the CallRequest, and a call that waits for answers becomes the result that asks for them.
 */
import type { Client } from '../core/client.ts'
import type { Clock } from '../core/clock.ts'
import type { Random } from '../core/random.ts'
import type { CallOutcome, CallRequest, Invoke } from '../core/tool.ts'
import { traceIn } from '../protocol/telemetry/trace-context.ts'
import { createRoundClient, createSessionClient, type RoundClient } from './asking.ts'
import { claimedVersion } from './eras.ts'
import { type Fault, INVALID_PARAMS, isObject, isRequestId, type Params } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'
import { createProgress } from './progress.ts'
import { createRequestStates, type RequestStates } from './request-state.ts'

/** What a call is when nothing else is said. */
const TOOL_CALL = 'tools/call'

/** What a method wants to run. `args` also says which request a sealed state belongs to. */
export interface Target {
  method: string
  tool: string
  category?: string
  args: unknown
}

export interface Refusal {
  fault: Fault
  httpStatus?: number
}

/** The outcome of the call, the members of a result that asks for input, or a fault. */
export type Called = { outcome: CallOutcome } | { unfinished: string } | Refusal
export type Call = (target: Target, params: Params | undefined, exchange: Exchange) => Promise<Called>

export interface CallOptions {
  invoke: Invoke
  clock: Clock
  random: Random
}

export function createCall({ invoke, clock, random }: CallOptions): Call {
  let states: RequestStates | undefined

  /** What the client answered up to now. */
  function readAnswers(target: Target, params: Params | undefined, exchange: Exchange) {
    const { inputResponses = {}, requestState } = params ?? {}
    if (!isObject(inputResponses)) return refused('"inputResponses" must be an object of answers by name')
    if (requestState === undefined) return { answers: inputResponses }
    const earlier =
      typeof requestState === 'string' ? states?.open(requestState, subjectOf(target, exchange)) : undefined
    if (!earlier) {
      return refused(
        '"requestState" is not one that waits for this request: it is forged, used or too old; start again'
      )
    }
    return { answers: { ...inputResponses, ...earlier } }
  }

  async function callInRounds(target: Target, params: Params | undefined, request: CallRequest, exchange: Exchange) {
    const given = readAnswers(target, params, exchange)
    if ('fault' in given) return given
    const client = createRoundClient(isObject(params?._meta) ? params._meta : {}, given.answers, exchange.notify)
    const outcome = await run(request, client, params, exchange)
    return client.interruption && outcome.failure
      ? interrupt(client.interruption, target, given.answers, exchange)
      : { outcome }
  }

  function interrupt(
    interruption: NonNullable<RoundClient['interruption']>,
    target: Target,
    answers: Record<string, unknown>,
    exchange: Exchange
  ): Called {
    if (interruption.kind === 'fault') return interruption
    states ??= createRequestStates(random, clock)
    const requestState = states.seal(subjectOf(target, exchange), answers)
    const result = { resultType: 'input_required', inputRequests: interruption.questions, requestState }
    return { unfinished: JSON.stringify(result).slice(1, -1) }
  }

  async function run(
    request: CallRequest,
    client: Client | undefined,
    params: Params | undefined,
    { notify, trace: ofWire }: Exchange
  ): Promise<CallOutcome> {
    if (client) request.client = client
    const meta = params?._meta
    // What the message says of itself is nearer to it than what its wire says.
    const trace = (isObject(meta) && traceIn(meta)) || ofWire
    if (trace) request.trace = trace
    if (!isObject(meta)) return await invoke(request)
    if (!notify || !isRequestId(meta.progressToken)) return await invoke(request)
    const progress = createProgress(meta.progressToken, clock, notify)
    request.progress = progress.report
    try {
      return await invoke(request)
    } finally {
      progress.finish()
    }
  }

  return async (target, params, exchange) => {
    const request: CallRequest = { tool: target.tool, args: target.args, evidence: exchange.evidence }
    if (target.method !== TOOL_CALL) request.method = target.method
    if (target.category !== undefined) request.category = target.category
    if (exchange.signal) request.signal = exchange.signal
    if (claimedVersion(params) !== undefined) return await callInRounds(target, params, request, exchange)
    const { session, notify, signal } = exchange
    const client = session && createSessionClient(session, notify, signal)
    return { outcome: await run(request, client, params, exchange) }
  }
}

function subjectOf({ method, tool, args }: Target, { evidence }: Exchange): unknown {
  return [method, tool, args, evidence]
}

function refused(problem: string): Refusal {
  return { fault: { code: INVALID_PARAMS, message: `Invalid params: ${problem}` } }
}
