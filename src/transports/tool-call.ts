/** `tools/call`: parameters in, the envelope out, both as the result's text and as its structured content. */
import type { Clock } from '../core/clock.ts'
import type { CallRequest, Invoke } from '../core/tool.ts'
import { type Fault, INVALID_PARAMS, isObject, isRequestId, type Params } from './json-rpc.ts'
import type { Exchange } from './mcp-server.ts'
import { createProgress } from './progress.ts'

export interface ToolCallOptions {
  invoke: Invoke
  hasTool: (name: string) => boolean
  clock: Clock
}

/** The members of a result as JSON without the braces, or the fault to answer with. */
export type ToolCallAnswer = { members: string } | { fault: Fault }
export type AnswerToolCall = (params: Params | undefined, exchange: Exchange) => Promise<ToolCallAnswer>

export function createToolCall({ invoke, hasTool, clock }: ToolCallOptions): AnswerToolCall {
  let paramsFault: ((params: unknown) => Fault | undefined) | undefined

  return async (params, exchange) => {
    paramsFault ??= await loadParamsCheck()
    const fault = paramsFault(params)
    if (fault) return { fault }

    const tool = String(params?.name)
    const request: CallRequest = { tool, args: params?.arguments ?? {}, evidence: exchange.evidence }
    if (exchange.signal) request.signal = exchange.signal
    const progress = progressOf(params, exchange)
    if (progress) request.progress = progress.report

    const { envelope, failure } = await invoke(request)
    progress?.finish()
    if (failure?.code === 'TOOL_NOT_FOUND' && !hasTool(tool)) {
      return { fault: { code: INVALID_PARAMS, message: failure.message, data: envelope } }
    }
    const json = JSON.stringify(envelope)
    const text = JSON.stringify(json)
    return {
      members: `"content":[{"type":"text","text":${text}}],"structuredContent":${json},"isError":${failure !== undefined}`
    }
  }

  function progressOf(params: Params | undefined, exchange: Exchange) {
    const meta = params?._meta
    if (!exchange.notify || !isObject(meta) || !isRequestId(meta.progressToken)) return undefined
    return createProgress(meta.progressToken, clock, exchange.notify)
  }
}

/** The schemas cost as much as the rest of a cold start, so the first call loads them and not the first message. */
async function loadParamsCheck(): Promise<(params: unknown) => Fault | undefined> {
  const { CallToolRequestParamsSchema: schema } = await import('@modelcontextprotocol/core')
  return params => {
    const parsed = schema.safeParse(params ?? {})
    if (parsed.success) return undefined
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, message }))
    const told = issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
    return {
      code: INVALID_PARAMS,
      message: `Invalid params of tools/call: ${told}`,
      data: { error: 'INVALID_INPUT', issues }
    }
  }
}
