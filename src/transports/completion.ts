/** `completion/complete`, by a tool of the catalogue: `{ ref, argument, context? }` to `{ values, total?, hasMore? }`. */
import type { Call } from './call.ts'
import { outcomeFault } from './outcome-fault.ts'
import { type CheckParams, loadParamsCheck } from './params-check.ts'
import type { AnswerMethod } from './tool-call.ts'

/** As many as the protocol lets one answer carry. */
const MAX_VALUES = 100

export function createCompletion(call: Call, tool: string): AnswerMethod {
  let check: CheckParams | undefined
  return async (params, exchange) => {
    check ??= await loadParamsCheck('completion/complete')
    const fault = check(params)
    if (fault) return { fault }
    const { ref, argument, context, _meta } = params ?? {}
    const args = { ref, argument, ...(context !== undefined && { context }) }
    const called = await call({ method: 'completion/complete', tool, args }, _meta ? { _meta } : {}, exchange)
    if (!('outcome' in called)) return called
    if (called.outcome.failure) return outcomeFault(called.outcome, {})
    const { values, total, hasMore } = called.outcome.envelope
    const all: unknown[] = Array.isArray(values) ? values : []
    const completion = {
      values: all.slice(0, MAX_VALUES),
      total: total ?? all.length,
      hasMore: hasMore ?? all.length > MAX_VALUES
    }
    return { members: JSON.stringify({ completion }).slice(1, -1) }
  }
}
