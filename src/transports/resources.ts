/**
 * Resources. Two tools of the catalogue stand behind them, so that a read passes the same stages as every call:
 * one lists, `{ cursor? }` to `{ resources, nextCursor? }`; one reads, `{ uri }` to `{ contents, ttlMs? }`.
 */
import type { Call } from './call.ts'
import { claimedVersion } from './eras.ts'
import type { Params } from './json-rpc.ts'
import { outcomeFault } from './outcome-fault.ts'
import { type CheckParams, loadParamsCheck } from './params-check.ts'
import type { AnswerMethod } from './tool-call.ts'

/** In the era of `initialize` an unknown resource has a code of its own. */
const RESOURCE_NOT_FOUND = -32002

export interface ResourceTemplateListing {
  uriTemplate: string
  name: string
  title?: string
  description?: string
  mimeType?: string
}

export interface ResourcesPart {
  listTool: string
  readTool: string
  /** The same array as long as nothing changed. */
  templates: () => readonly ResourceTemplateListing[]
}

export function createResourceList(call: Call, { listTool }: ResourcesPart): AnswerMethod {
  return async (params, exchange) => {
    const args = params?.cursor === undefined ? {} : { cursor: params.cursor }
    const called = await call({ method: 'resources/list', tool: listTool, args }, withoutRounds(params), exchange)
    if (!('outcome' in called)) return called
    if (called.outcome.failure) return outcomeFault(called.outcome, {})
    const { resources, nextCursor } = called.outcome.envelope
    return { members: JSON.stringify({ resources, nextCursor }).slice(1, -1) }
  }
}

export function createResourceRead(call: Call, { readTool }: ResourcesPart): AnswerMethod {
  let check: CheckParams | undefined
  return async (params, exchange) => {
    check ??= await loadParamsCheck('resources/read')
    const fault = check(params)
    if (fault) return { fault }
    const uri = params?.uri
    const called = await call({ method: 'resources/read', tool: readTool, args: { uri } }, params, exchange)
    if (!('outcome' in called)) return called
    const isModern = claimedVersion(params) !== undefined
    if (called.outcome.failure) {
      const refusal = outcomeFault(called.outcome, { uri })
      if (called.outcome.failure.code === 'NOT_FOUND' && !isModern) refusal.fault.code = RESOURCE_NOT_FOUND
      return refusal
    }
    const { contents, ttlMs = 0 } = called.outcome.envelope
    const result = isModern ? { contents, ttlMs, cacheScope: 'private' } : { contents }
    return { members: JSON.stringify(result).slice(1, -1) }
  }
}

/** Lists are no requests that may take several rounds. */
function withoutRounds(params: Params | undefined): Params | undefined {
  if (!params) return undefined
  const { inputResponses: _answers, requestState: _state, ...rest } = params
  return rest
}
