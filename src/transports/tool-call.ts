/** `tools/call`: parameters in, the envelope out, as structured content and as what a model reads. */
import { ONLY_STRUCTURED_KEY } from '../protocol/wire/remote-call.ts'
import type { CallEnd } from '../services/long-calls/api.ts'
import type { Call, Refusal } from './call.ts'
import { INVALID_PARAMS, isObject, type Params } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'
import { type CheckParams, loadParamsCheck } from './params-check.ts'
import type { Tasks } from './tasks.ts'

/** The members of a result as JSON without the braces (an unfinished one asks for input or is the handle of a task), or a fault. */
export type MethodAnswer = { members: string } | { unfinished: string } | Refusal
export type AnswerMethod = (params: Params | undefined, exchange: Exchange) => Promise<MethodAnswer>

export function createToolCall(
  call: Call,
  hasTool: (name: string) => boolean,
  tasks: Pick<Tasks, 'handBack'> | undefined
): AnswerMethod {
  let check: CheckParams | undefined

  return async (params, exchange) => {
    check ??= await loadParamsCheck('tools/call')
    const fault = check(params)
    if (fault) return { fault }

    const tool = String(params?.name)
    const args = params?.arguments ?? {}
    const handedBack = await tasks?.handBack({ tool, args }, params, exchange)
    if (handedBack) return handedBack
    const called = await call({ method: 'tools/call', tool, args }, params, exchange)
    if (!('outcome' in called)) return called
    const { envelope, failure, content } = called.outcome
    if (failure?.code === 'TOOL_NOT_FOUND' && !hasTool(tool)) {
      return { fault: { code: INVALID_PARAMS, message: failure.message, data: envelope } }
    }
    const json = JSON.stringify(envelope)
    const twin = () => (readsStructured(params) ? '[]' : `[{"type":"text","text":${JSON.stringify(json)}}]`)
    const shown = content ? JSON.stringify(content) : twin()
    return { members: `"content":${shown},"structuredContent":${json},"isError":${failure !== undefined}` }
  }
}

function readsStructured(params: Params | undefined): boolean {
  const meta = params?._meta
  return isObject(meta) && meta[ONLY_STRUCTURED_KEY] === true
}

/** The same result as a value, of a call that has ended before. */
export function callResult({ envelope, content, isError }: CallEnd): Record<string, unknown> {
  const shown = content ?? [{ type: 'text', text: JSON.stringify(envelope) }]
  return { content: shown, structuredContent: envelope, isError }
}
