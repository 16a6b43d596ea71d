/** `tools/call`: parameters in, the envelope out, as structured content and as what a model reads. */
import type { Call, Refusal } from './call.ts'
import { INVALID_PARAMS, type Params } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'
import { type CheckParams, loadParamsCheck } from './params-check.ts'

/** The members of a result as JSON without the braces (a question is not complete), or the fault to answer with. */
export type MethodAnswer = { members: string } | { question: string } | Refusal
export type AnswerMethod = (params: Params | undefined, exchange: Exchange) => Promise<MethodAnswer>

export function createToolCall(call: Call, hasTool: (name: string) => boolean): AnswerMethod {
  let check: CheckParams | undefined

  return async (params, exchange) => {
    check ??= await loadParamsCheck('tools/call')
    const fault = check(params)
    if (fault) return { fault }

    const tool = String(params?.name)
    const called = await call({ method: 'tools/call', tool, args: params?.arguments ?? {} }, params, exchange)
    if (!('outcome' in called)) return called
    const { envelope, failure, content } = called.outcome
    if (failure?.code === 'TOOL_NOT_FOUND' && !hasTool(tool)) {
      return { fault: { code: INVALID_PARAMS, message: failure.message, data: envelope } }
    }
    const json = JSON.stringify(envelope)
    const shown = content ? JSON.stringify(content) : `[{"type":"text","text":${JSON.stringify(json)}}]`
    return { members: `"content":${shown},"structuredContent":${json},"isError":${failure !== undefined}` }
  }
}
