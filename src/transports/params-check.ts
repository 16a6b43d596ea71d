/** Checks the parameters of the methods that carry more than a name. */
import { type Fault, INVALID_PARAMS } from './json-rpc.ts'

export type CheckedMethod = 'tools/call' | 'prompts/get' | 'resources/read' | 'completion/complete'
export type CheckParams = (params: unknown) => Fault | undefined

/** The schemas cost as much as the rest of a cold start, so the first call loads them and not the first message. */
export async function loadParamsCheck(method: CheckedMethod): Promise<CheckParams> {
  const core = await import('@modelcontextprotocol/core')
  const schema = {
    'tools/call': core.CallToolRequestParamsSchema,
    'prompts/get': core.GetPromptRequestParamsSchema,
    'resources/read': core.ReadResourceRequestParamsSchema,
    'completion/complete': core.CompleteRequestParamsSchema
  }[method]
  return params => {
    const parsed = schema.safeParse(params ?? {})
    if (parsed.success) return undefined
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join('/')}`, message }))
    const told = issues.map(({ path, message }) => `${path}: ${message}`).join('; ')
    return {
      code: INVALID_PARAMS,
      message: `Invalid params of ${method}: ${told}`,
      data: { error: 'INVALID_INPUT', issues }
    }
  }
}
