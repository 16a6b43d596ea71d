/** How a call stands in a trace, by the conventions that OpenTelemetry has for MCP. */
import type { ManifestTool } from '../core/catalog.ts'
import type { Evidence } from '../core/principal.ts'
import type { CallRequest } from '../core/tool.ts'
import type { ServedStart, Span, SpanKind } from '../core/tracer.ts'

const TOOL_CALL = 'tools/call'

const TRANSPORTS: Record<Evidence['kind'], string | undefined> = {
  process: 'pipe',
  'owner-socket': 'unix',
  loopback: 'tcp',
  bearer: 'tcp',
  page: 'tcp',
  peer: 'tcp',
  submitter: undefined
}

/** The span of a call whose tool is not known yet: what a caller names is no name for a span. */
export function callSpan(request: CallRequest, kind?: SpanKind): ServedStart {
  const { method = TOOL_CALL, evidence, trace, follows } = request
  const transport = TRANSPORTS[evidence.kind]
  return {
    name: method,
    kind: kind ?? (evidence.kind === 'submitter' ? 'consumer' : 'server'),
    attributes: { 'mcp.method.name': method, ...(transport !== undefined && { 'network.transport': transport }) },
    trace,
    follows
  }
}

export function nameTool(span: Span, { method = TOOL_CALL }: CallRequest, { name, runtime }: ManifestTool): void {
  span.set({ runtime })
  if (method === 'prompts/get') {
    span.rename(`${method} ${name}`)
    span.set({ 'gen_ai.prompt.name': name })
  } else if (method === TOOL_CALL) {
    span.rename(`${method} ${name}`)
    span.set({ 'gen_ai.tool.name': name, 'gen_ai.operation.name': 'execute_tool' })
  }
}
